"""Addresses of the dated settings of the assessment."""

from __future__ import annotations

from django.urls import path

from linli.screens.console.assessment import views

urlpatterns = [
    path("assessment", views.assessment, name="assessment"),
    path("assessment/weights/new", views.weights_new, name="weights_new"),
    path("assessment/points/new", views.formula_new, name="formula_new"),
]
