from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "qingshou.api"
    label = "api"
