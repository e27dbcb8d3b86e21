"""Addresses of the console, included at `/console/`; each subject has its own."""

from __future__ import annotations

from django.urls import include, path

from linli.screens.console import views_admin, views_places
from linli.screens.console.urls_people import urlpatterns as people

app_name = "console"
urlpatterns = [
    path("failures", views_admin.failures, name="failures"),
    path("failures/<slug:kind>/<int:row_id>/retry", views_admin.failure_retry, name="retry"),
    path("audit", views_admin.audit, name="audit"),
    path("places", views_places.places, name="places"),
    path("places/<str:code>", views_places.grid_page, name="grid"),
    path("due", views_places.due, name="due"),
    path("", include("linli.screens.console.home.urls")),
    path("", include("linli.screens.console.cases.urls")),
    path("", include("linli.screens.console.intake.urls")),
    path("", include("linli.screens.console.desk.urls")),
    path("", include("linli.screens.console.batch.urls")),
    path("", include("linli.screens.console.whistles.urls")),
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
    *people,
]
