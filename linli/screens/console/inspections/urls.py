"""Addresses of 隐患检查."""

from __future__ import annotations

from django.urls import path

from linli.screens.console.inspections import moving, views

urlpatterns = [
    path("inspections", views.inspections, name="inspections"),
    path("inspections/sites", views.sites, name="sites"),
    path("inspections/sites/new", moving.site_new, name="site_new"),
    path("inspections/sites/<int:site_id>/visits", moving.visit_new, name="visit_new"),
    path("inspections/sites/<int:site_id>/exit", moving.site_exit, name="site_exit"),
    path("inspections/exits/<int:exit_id>/end", moving.site_back, name="site_back"),
    path("inspections/<str:number>", views.inspection, name="inspection"),
    path(
        "inspections/<str:number>/moves/<slug:code>", moving.inspection_move, name="inspection_move"
    ),
]
