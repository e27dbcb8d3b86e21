"""Addresses of the big screen, included at `/board/`."""

from __future__ import annotations

from django.urls import path

from linli.screens.board import views

app_name = "board"
urlpatterns = [
    path("", views.board, name="board"),
    path("counts", views.counts, name="counts"),
    path("trend.json", views.trend, name="trend"),
    path("cases.json", views.cases, name="cases"),
]
