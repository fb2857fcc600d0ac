from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "qingshou.access"
    label = "access"
