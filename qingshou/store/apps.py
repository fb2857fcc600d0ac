from django.apps import AppConfig


class StoreConfig(AppConfig):
    name = "qingshou.store"
    label = "store"
