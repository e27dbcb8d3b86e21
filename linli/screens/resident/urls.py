"""Addresses of the residents' pages, included at `/home/`."""

from __future__ import annotations

from django.urls import path

from linli.screens.resident import views, views_mine, views_progress, views_report

app_name = "resident"
urlpatterns = [
    path("", views.home, name="home"),
    path("report", views_report.report, name="report"),
    path("similar", views_report.similar, name="similar"),
    path("received/<str:token>", views_report.received, name="received"),
    path("progress", views_progress.find, name="find"),
    path("progress/<str:token>", views_progress.progress, name="progress"),
    path("progress/<str:token>/rating", views_progress.rate, name="rate"),
    path("progress/<str:token>/urging", views_progress.urge, name="urge"),
    path("mine", views_mine.ask, name="mine"),
    path("mine/code", views_mine.enter_code, name="mine_code"),
    path("mine/list", views_mine.mine, name="mine_list"),
    path("workers", views.workers, name="workers"),
    path("grids/<str:code>", views.grid, name="grid"),
    path("privacy", views.privacy, name="privacy"),
]
