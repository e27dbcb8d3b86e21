"""Addresses that an upstream platform calls, below `/hotline/`."""

from __future__ import annotations

from django.urls import path

from linli.doors.hotline import views

urlpatterns = [
    path("<slug:system>/orders", views.orders, name="orders"),
    path("<slug:system>/orders/<str:external_no>", views.one_order, name="order"),
]
