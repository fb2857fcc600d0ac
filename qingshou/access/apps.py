from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "qingshou.access"
    label = "access"

    def ready(self) -> None:
        for part in ("nav", "panels", "middleware"):  # what this room adds to the shell, and what it does at sign-in
            if find_spec(f"qingshou.access.{part}"):
                import_module(f"qingshou.access.{part}")
