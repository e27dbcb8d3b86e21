"""Addresses of the audit log and of what did not succeed."""

from __future__ import annotations

from django.urls import path

from linli.screens.console.admin import audit, views

urlpatterns = [
    path("failures", views.failures, name="failures"),
    path("failures/<slug:kind>/<int:row_id>/retry", views.failure_retry, name="retry"),
    path("audit", audit.audit, name="audit"),
    path("audit.csv", audit.audit_table, name="audit_table"),
]
