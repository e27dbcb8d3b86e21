"""Addresses of 隐患检查."""

from __future__ import annotations

from django.urls import path

from linli.screens.console.inspections import moving, views

urlpatterns = [
    path("inspections", views.inspections, name="inspections"),
    path("inspections/sites", views.sites, name="sites"),
    path("inspections/sites/new", moving.site_new, name="site_new"),
    path("inspections/sites/<int:site_id>/visits", moving.visit_new, name="visit_new"),
    path("inspections/<str:number>", views.inspection, name="inspection"),
    path(
        "inspections/<str:number>/moves/<slug:code>", moving.inspection_move, name="inspection_move"
    ),
]
