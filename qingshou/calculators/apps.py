from django.apps import AppConfig


class CalculatorsConfig(AppConfig):
    name = "qingshou.calculators"
    label = "calculators"

    def ready(self) -> None:
        from importlib import import_module
        from importlib.util import find_spec

        for part in ("nav", "panels"):
            if find_spec(f"qingshou.calculators.{part}"):
                import_module(f"qingshou.calculators.{part}")
