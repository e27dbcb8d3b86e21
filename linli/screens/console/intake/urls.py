"""Addresses of 登记上报 and 批量导入."""

from __future__ import annotations

from django.urls import path

from linli.screens.console.intake import views

urlpatterns = [
    path("intake", views.intake, name="intake"),
    path("intake/similar", views.similar, name="similar"),
    path("intake/<str:receipt>", views.receipt_page, name="receipt"),
    path("import", views.import_page, name="import"),
    path("import/template.xlsx", views.import_template, name="import_template"),
]
