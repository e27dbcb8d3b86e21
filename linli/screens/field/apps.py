from django.apps import AppConfig


class FieldScreensConfig(AppConfig):
    name = "linli.screens.field"
    label = "screens_field"
