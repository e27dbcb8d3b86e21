"""Addresses of the three rates."""

from __future__ import annotations

from django.urls import path

from linli.screens.console.rates import views

urlpatterns = [
    path("rates", views.three_rates, name="rates"),
    path("rates/cases", views.rate_cases, name="rate_cases"),
]
