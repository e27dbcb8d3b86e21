"""Addresses of the console, included at `/console/`; each subject has its own."""

from __future__ import annotations

from django.urls import include, path

from linli.screens.console import views_admin, views_places, views_standards
from linli.screens.console.urls_people import urlpatterns as people
from linli.screens.console.urls_rules import urlpatterns as rules

app_name = "console"
urlpatterns = [
    path("failures", views_admin.failures, name="failures"),
    path("failures/<slug:kind>/<int:row_id>/retry", views_admin.failure_retry, name="retry"),
    path("audit", views_admin.audit, name="audit"),
    path("places", views_places.places, name="places"),
    path("places/<str:code>", views_places.grid_page, name="grid"),
    path("standards", views_standards.standards, name="standards"),
    path("standards/file.xlsx", views_standards.standards_xlsx, name="standards_xlsx"),
    path("standards/import", views_standards.standards_import, name="standards_import"),
    path(
        "standards/import/application",
        views_standards.standards_application,
        name="standards_application",
    ),
    path("standards/import/errors.csv", views_standards.standards_errors, name="standards_errors"),
    path("standards/<str:code>", views_standards.standard_class, name="standard_class"),
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
    *people,
    *rules,
]
