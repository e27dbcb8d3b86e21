from django.apps import AppConfig


class ConsoleScreensConfig(AppConfig):
    name = "linli.screens.console"
    label = "screens_console"
