from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "qingshou.insight"
    label = "insight"

    def ready(self) -> None:
        from importlib import import_module
        from importlib.util import find_spec

        for part in ("nav", "panels"):
            if find_spec(f"qingshou.insight.{part}"):
                import_module(f"qingshou.insight.{part}")
