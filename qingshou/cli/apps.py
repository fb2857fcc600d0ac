from django.apps import AppConfig


class CliConfig(AppConfig):
    name = "qingshou.cli"
    label = "cli"
