from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "qingshou.casework"
    label = "casework"

    def ready(self) -> None:
        from importlib import import_module
        from importlib.util import find_spec

        for part in ("nav", "panels"):
            if find_spec(f"qingshou.casework.{part}"):
                import_module(f"qingshou.casework.{part}")
