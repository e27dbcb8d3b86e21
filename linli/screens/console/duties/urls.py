"""Addresses of the duty catalogue and of the list of the communities."""

from __future__ import annotations

from django.urls import path

from linli.screens.console.duties import views

urlpatterns = [
    path("duties", views.duties, name="duties"),
    path("duties/file.xlsx", views.duties_xlsx, name="duties_xlsx"),
    path("duties/import", views.duties_import, name="duties_import"),
    path("duties/new", views.duty_new, name="duty_new"),
    path("duties/<int:entry_id>/end", views.duty_end, name="duty_end"),
    path("community-list", views.community_list, name="community_list"),
    path("community-list/new", views.listed_new, name="listed_new"),
    path("community-list/<int:entry_id>/end", views.listed_end, name="listed_end"),
]
