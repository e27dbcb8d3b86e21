from django.apps import AppConfig


class WhistlesConfig(AppConfig):
    name = "linli.whistles"
    label = "whistles"
