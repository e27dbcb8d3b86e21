from django.apps import AppConfig


class HotlineConfig(AppConfig):
    name = "linli.hotline"
    label = "hotline"
