"""Addresses of organisations."""

from __future__ import annotations

from django.urls import path

from linli.screens.console.organisations import views

urlpatterns = [
    path("organizations", views.organizations, name="organizations"),
    path("organizations/new", views.organization_new, name="organization_new"),
    path(
        "organizations/<int:organization_id>",
        views.organization_edit,
        name="organization",
    ),
    path(
        "organizations/<int:organization_id>/closing",
        views.organization_closing,
        name="organization_closing",
    ),
    path(
        "organizations/<int:organization_id>/opening",
        views.organization_opening,
        name="organization_opening",
    ),
]
