from django.apps import AppConfig


class PortfolioConfig(AppConfig):
    name = "qingshou.portfolio"
    label = "portfolio"

    def ready(self) -> None:
        from importlib import import_module
        from importlib.util import find_spec

        for part in ("nav", "panels", "jobs"):  # what this room adds to the shell
            if find_spec(f"qingshou.portfolio.{part}"):
                import_module(f"qingshou.portfolio.{part}")
