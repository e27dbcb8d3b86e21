"""Addresses of the desks; 受理台 and 派遣台 have pages of their own."""

from __future__ import annotations

from django.urls import path

from linli.screens.console.desk import approvals, steps, views

urlpatterns = [
    path("desk", views.desk, name="desk"),
    path("desks", steps.desks, name="desks"),
    path("desks/counts.json", steps.counts, name="desk_counts"),
    path("desks/<slug:code>", steps.step, name="step"),
    path("desks/<slug:code>/<str:number>", steps.pane, name="step_case"),
    path("approvals", approvals.approvals, name="approvals"),
    path("dispatch", views.dispatch, name="dispatch"),
]
