"""Addresses of indicators and of the lists behind them."""

from __future__ import annotations

from django.urls import path

from linli.screens.console.figures import views

urlpatterns = [
    path("figures", views.figures, name="figures"),
    path("figures/cases", views.figure_cases, name="figure_cases"),
]
