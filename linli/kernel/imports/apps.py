from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "linli.kernel.imports"
    label = "imports"
