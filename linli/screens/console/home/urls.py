"""Addresses of the workbench, of the first steps of an office and of the notices."""

from __future__ import annotations

from django.urls import path

from linli.screens.console.home import start, views

urlpatterns = [
    path("", views.workbench, name="home"),
    path("inbox", views.inbox, name="inbox"),
    path("notices", views.notices, name="notices"),
    path("notices/<int:notice_id>/reading", views.notice_reading, name="notice_reading"),
    path("notices/reading", views.notices_reading, name="notices_reading"),
    path("start", start.start, name="start"),
    path("start/grids", start.leaderless, name="leaderless"),
]
