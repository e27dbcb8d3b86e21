"""Addresses of reports."""

from __future__ import annotations

from django.urls import path

from linli.screens.console.reports import views

urlpatterns = [
    path("reports", views.reports, name="reports"),
    path("reports/file.<str:ending>", views.report_file, name="report_file"),
]
