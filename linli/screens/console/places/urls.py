"""Addresses of communities and grids, and of the trial of a time limit."""

from __future__ import annotations

from django.urls import path

from linli.screens.console.places import views

urlpatterns = [
    path("places", views.places, name="places"),
    path("places/<str:code>", views.grid_page, name="grid"),
    path("due", views.due, name="due"),
]
