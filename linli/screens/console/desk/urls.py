"""Addresses of 受理台, 派遣台 and 审批台."""

from __future__ import annotations

from django.urls import path

from linli.screens.console.desk import approvals, views

urlpatterns = [
    path("desk", views.desk, name="desk"),
    path("approvals", approvals.approvals, name="approvals"),
    path("dispatch", views.dispatch, name="dispatch"),
]
