from django.apps import AppConfig


class ContactConfig(AppConfig):
    name = "qingshou.contact"
    label = "contact"

    def ready(self) -> None:
        from importlib import import_module
        from importlib.util import find_spec

        for part in ("nav", "panels"):
            if find_spec(f"qingshou.contact.{part}"):
                import_module(f"qingshou.contact.{part}")
