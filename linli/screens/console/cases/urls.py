"""Addresses of cases. Nouns; a POST to `moves/<move>` makes the move."""

from __future__ import annotations

from django.urls import path

from linli.screens.console.cases import moving, views

urlpatterns = [
    path("cases", views.case_list, name="cases"),
    path("cases/file.<str:kind>", views.case_file, name="case_file"),
    path("cases/<str:number>", views.case_detail, name="case"),
    path("cases/<str:number>/position.json", views.position, name="position"),
    path("cases/<str:number>/moves/<slug:code>", moving.move, name="move"),
    path("cases/<str:number>/reports/<str:receipt>/contact", views.contact, name="contact"),
    path(
        "cases/<str:number>/reports/<str:receipt>/case",
        views.report_case,
        name="report_case",
    ),
]
