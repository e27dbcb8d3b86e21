"""Addresses of satisfaction and what came of it."""

from __future__ import annotations

from django.urls import path

from linli.screens.console.improving import views

urlpatterns = [
    path("improvement", views.improvement_page, name="improvement"),
    path("improvement/cases", views.improvement_cases, name="improvement_cases"),
]
