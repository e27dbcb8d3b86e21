from django.apps import AppConfig


class BoardScreensConfig(AppConfig):
    name = "linli.screens.board"
    label = "screens_board"
