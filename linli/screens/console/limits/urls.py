"""Addresses of the limits by kind of order."""

from __future__ import annotations

from django.urls import path

from linli.screens.console.limits import views

urlpatterns = [
    path("order-limits", views.order_limits, name="order_limits"),
    path("order-limits/new", views.limit_new, name="order_limit_new"),
    path("order-limits/presets/<str:code>", views.preset_new, name="order_limits_preset"),
]
