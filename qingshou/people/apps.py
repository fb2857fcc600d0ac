from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "qingshou.people"
    label = "people"
