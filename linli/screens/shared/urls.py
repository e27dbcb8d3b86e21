"""Addresses of the shared part; included at the root by the site: `path("", include("linli.screens.shared.urls"))`."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "shared"

urlpatterns = [
    path("reading", views.set_reading, name="reading"),
    path("style-guide", views.style_guide, name="style_guide"),
    path("style-guide/map/<slug:part>.json", views.sample_map, name="sample_map"),
    path("style-guide/photo/<int:number>.svg", views.sample_photo, name="sample_photo"),
]
