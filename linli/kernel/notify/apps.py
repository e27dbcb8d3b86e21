from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "linli.kernel.notify"
    label = "notify"
