"""Addresses of indicators, rates, reports, satisfaction, scorecards and the settings of the assessment."""

from __future__ import annotations

from django.urls import path

from linli.screens.console import views_assessment, views_scorecards

urlpatterns = [
    path("scorecards", views_scorecards.scorecards, name="scorecards"),
    path("scorecards/units/<int:unit_id>", views_scorecards.unit_page, name="scorecard"),
    path("scorecards/units/<int:unit_id>/cases", views_scorecards.unit_cases, name="unit_cases"),
    path(
        "scorecards/workers/<int:staff_id>/cases",
        views_scorecards.worker_cases,
        name="worker_cases",
    ),
    path("scorecards/appeals/new", views_scorecards.appeal_new, name="appeal_new"),
    path(
        "scorecards/appeals/<int:appeal_id>/decision",
        views_scorecards.appeal_decision,
        name="appeal_decision",
    ),
    path("assessment", views_assessment.assessment, name="assessment"),
    path("assessment/weights/new", views_assessment.weights_new, name="weights_new"),
    path("assessment/points/new", views_assessment.formula_new, name="formula_new"),
]
