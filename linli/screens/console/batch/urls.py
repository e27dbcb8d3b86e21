"""Addresses of the plan that dispatches many cases at once."""

from __future__ import annotations

from django.urls import path

from linli.screens.console.batch import views

urlpatterns = [
    path("dispatch/plan", views.dispatch_plan, name="dispatch_plan"),
    path("dispatch/plan/orders", views.dispatch_orders, name="dispatch_orders"),
]
