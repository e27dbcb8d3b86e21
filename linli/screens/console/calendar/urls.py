"""Addresses of the working calendar."""

from __future__ import annotations

from django.urls import path

from linli.screens.console.calendar import views

urlpatterns = [
    path("calendar", views.calendar, name="calendar"),
    path("calendar/draft", views.draft, name="calendar_draft"),
    path("calendar/notices", views.enter, name="calendar_enter"),
    path("calendar/tables", views.take_table, name="calendar_table"),
]
