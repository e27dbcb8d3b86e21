from django.apps import AppConfig


class ResidentScreensConfig(AppConfig):
    name = "linli.screens.resident"
    label = "screens_resident"
