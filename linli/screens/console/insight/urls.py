"""Addresses of 热点与重复 and 每月一题."""

from __future__ import annotations

from django.urls import path

from linli.screens.console.insight import views

urlpatterns = [
    path("hotspots", views.hotspots_page, name="hotspots"),
    path("hotspots/topics/<str:receipt>", views.hotspot, name="hotspot"),
    path("hotspots/repeats/<str:number>", views.repeat, name="repeat"),
    path("monthly", views.monthly, name="monthly"),
    path("monthly/new", views.monthly_new, name="monthly_new"),
    path("monthly/<int:topic_id>", views.monthly_topic, name="monthly_topic"),
    path("monthly/<int:topic_id>/cases", views.monthly_cases, name="monthly_cases"),
    path(
        "monthly/<int:topic_id>/cases/<str:number>/removal",
        views.monthly_case_removal,
        name="monthly_case_removal",
    ),
    path("monthly/<int:topic_id>/notes", views.monthly_note, name="monthly_note"),
    path("monthly/<int:topic_id>/closure", views.monthly_closure, name="monthly_closure"),
]
