"""Addresses of scorecards and the appeals against them."""

from __future__ import annotations

from django.urls import path

from linli.screens.console.scorecards import views

urlpatterns = [
    path("scorecards", views.scorecards, name="scorecards"),
    path("scorecards/units/<int:unit_id>", views.unit_page, name="scorecard"),
    path("scorecards/units/<int:unit_id>/cases", views.unit_cases, name="unit_cases"),
    path(
        "scorecards/workers/<int:staff_id>/cases",
        views.worker_cases,
        name="worker_cases",
    ),
    path("scorecards/appeals/new", views.appeal_new, name="appeal_new"),
    path(
        "scorecards/appeals/<int:appeal_id>/decision",
        views.appeal_decision,
        name="appeal_decision",
    ),
]
