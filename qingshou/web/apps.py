from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "qingshou.web"
    label = "web"
