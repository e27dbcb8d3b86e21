"""Addresses of 立案标准."""

from __future__ import annotations

from django.urls import path

from linli.screens.console.standards import views

urlpatterns = [
    path("standards", views.standards, name="standards"),
    path("standards/file.xlsx", views.standards_xlsx, name="standards_xlsx"),
    path("standards/import", views.standards_import, name="standards_import"),
    path(
        "standards/import/application",
        views.standards_application,
        name="standards_application",
    ),
    path("standards/import/errors.csv", views.standards_errors, name="standards_errors"),
    path("standards/<str:code>", views.standard_class, name="standard_class"),
]
