from django.apps import AppConfig


class DayendConfig(AppConfig):
    name = "qingshou.dayend"
    label = "dayend"

    def ready(self) -> None:
        from importlib import import_module
        from importlib.util import find_spec

        for part in ("nav", "panels", "jobs", "receivers"):
            if find_spec(f"qingshou.dayend.{part}"):
                import_module(f"qingshou.dayend.{part}")
