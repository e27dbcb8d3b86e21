"""Addresses of 热点与重复 and 每月一题."""

from __future__ import annotations

from django.urls import path

from linli.screens.console import views_insight

urlpatterns = [
    path("hotspots", views_insight.hotspots_page, name="hotspots"),
    path("hotspots/topics/<str:receipt>", views_insight.hotspot, name="hotspot"),
    path("hotspots/repeats/<str:number>", views_insight.repeat, name="repeat"),
    path("monthly", views_insight.monthly, name="monthly"),
    path("monthly/new", views_insight.monthly_new, name="monthly_new"),
    path("monthly/<int:topic_id>", views_insight.monthly_topic, name="monthly_topic"),
    path("monthly/<int:topic_id>/cases", views_insight.monthly_cases, name="monthly_cases"),
    path(
        "monthly/<int:topic_id>/cases/<str:number>/removal",
        views_insight.monthly_case_removal,
        name="monthly_case_removal",
    ),
    path("monthly/<int:topic_id>/notes", views_insight.monthly_note, name="monthly_note"),
    path("monthly/<int:topic_id>/closure", views_insight.monthly_closure, name="monthly_closure"),
]
