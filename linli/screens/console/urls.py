"""Addresses of the console, included at `/console/`; each subject has its own."""

from __future__ import annotations

from django.urls import include, path

from linli.screens.console import (
    views_admin,
    views_approvals,
    views_batch,
    views_desk,
    views_intake,
    views_places,
    views_standards,
)
from linli.screens.console.urls_figures import urlpatterns as figures
from linli.screens.console.urls_hotline import urlpatterns as hotline
from linli.screens.console.urls_insight import urlpatterns as insight
from linli.screens.console.urls_people import urlpatterns as people
from linli.screens.console.urls_rules import urlpatterns as rules
from linli.screens.console.urls_whistle import urlpatterns as whistle

app_name = "console"
urlpatterns = [
    path("intake", views_intake.intake, name="intake"),
    path("intake/similar", views_intake.similar, name="similar"),
    path("intake/<str:receipt>", views_intake.receipt_page, name="receipt"),
    path("import", views_intake.import_page, name="import"),
    path("import/template.xlsx", views_intake.import_template, name="import_template"),
    path("desk", views_desk.desk, name="desk"),
    path("approvals", views_approvals.approvals, name="approvals"),
    path("dispatch", views_desk.dispatch, name="dispatch"),
    path("dispatch/plan", views_batch.dispatch_plan, name="dispatch_plan"),
    path("dispatch/plan/orders", views_batch.dispatch_orders, name="dispatch_orders"),
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
    *figures,
    *hotline,
    *insight,
    *people,
    *rules,
    *whistle,
]
