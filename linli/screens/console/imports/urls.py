"""Addresses of imports that go on in the background."""

from __future__ import annotations

from django.urls import path

from linli.screens.console.imports import views

urlpatterns = [
    path("imports/<int:import_id>", views.file_import, name="file_import"),
    path("imports/<int:import_id>/slips", views.file_import_slips, name="file_import_slips"),
]
