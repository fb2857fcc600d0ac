from django.apps import AppConfig


class StoreConfig(AppConfig):
    name = "qingshou.store"
    label = "store"

    def ready(self) -> None:
        from qingshou.store import alone  # noqa: F401  (from here on it remembers who opens the store)
