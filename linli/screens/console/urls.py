"""Addresses of the console, included at `/console/`; each subject has its own."""

from __future__ import annotations

from django.urls import include, path

app_name = "console"
urlpatterns = [
    path("", include("linli.screens.console.home.urls")),
    path("", include("linli.screens.console.cases.urls")),
    path("", include("linli.screens.console.intake.urls")),
    path("", include("linli.screens.console.imports.urls")),
    path("", include("linli.screens.console.desk.urls")),
    path("", include("linli.screens.console.batch.urls")),
    path("", include("linli.screens.console.whistles.urls")),
    path("", include("linli.screens.console.inspections.urls")),
    path("", include("linli.screens.console.hotline.urls")),
    path("", include("linli.screens.console.orders.urls")),
    path("", include("linli.screens.console.figures.urls")),
    path("", include("linli.screens.console.rates.urls")),
    path("", include("linli.screens.console.reports.urls")),
    path("", include("linli.screens.console.improving.urls")),
    path("", include("linli.screens.console.scorecards.urls")),
    path("", include("linli.screens.console.assessment.urls")),
    path("", include("linli.screens.console.insight.urls")),
    path("", include("linli.screens.console.standards.urls")),
    path("", include("linli.screens.console.rules.urls")),
    path("", include("linli.screens.console.duties.urls")),
    path("", include("linli.screens.console.people.urls")),
    path("", include("linli.screens.console.organisations.urls")),
    path("", include("linli.screens.console.access.urls")),
    path("", include("linli.screens.console.places.urls")),
    path("", include("linli.screens.console.calendar.urls")),
    path("", include("linli.screens.console.limits.urls")),
    path("", include("linli.screens.console.admin.urls")),
]
