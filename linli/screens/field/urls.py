"""Addresses of the workers' phone pages, included at `/field/`."""

from __future__ import annotations

from django.urls import path

from linli.screens.field import (
    views,
    views_case,
    views_deputy,
    views_matter,
    views_offline,
    views_report,
)

app_name = "field"
urlpatterns = [
    path("", views.home, name="home"),
    path("map", views.area_map, name="map"),
    path("me", views.me, name="me"),
    path("me/done", views.done, name="done"),
    path("me/deputies", views_deputy.deputies, name="deputies"),
    path("me/deputies/<int:row_id>/end", views_deputy.deputy_end, name="deputy_end"),
    path("notices", views.notices, name="notices"),
    path("report", views_report.report, name="report"),
    path("reports/<str:receipt>", views_report.received, name="received"),
    path("cases/<str:number>", views_case.case_page, name="case"),
    path("cases/<str:number>/<str:code>", views_case.move, name="move"),
    path("matters/<slug:kind>/<int:matter_id>", views_matter.matter_page, name="matter"),
    path("matters/<slug:kind>/<int:matter_id>/<slug:code>", views_matter.move, name="matter_move"),
    path("commands", views_offline.commands, name="commands"),
    path("manifest.webmanifest", views_offline.manifest, name="manifest"),
    path("sw.js", views_offline.service_worker, name="service_worker"),
    path("offline", views_offline.offline, name="offline"),
]
