from django.apps import AppConfig


class UpkeepConfig(AppConfig):
    name = "linli.kernel.upkeep"
    label = "upkeep"
