"""Addresses of the map data, included at `/geo/`."""

from __future__ import annotations

from django.urls import path

from linli.screens.shared import geo

app_name = "geo"
urlpatterns = [
    path("public-areas.json", geo.public_areas, name="public_areas"),
    path("areas.json", geo.areas, name="areas"),
    path("buildings.json", geo.buildings, name="buildings"),
    path("cases.json", geo.cases, name="cases"),
]
