"""Addresses of the rules of dispatch."""

from __future__ import annotations

from django.urls import path

from linli.screens.console.rules import views

urlpatterns = [
    path("rules", views.rules, name="rules"),
    path("rules/new", views.rule_new, name="rule_new"),
    path("rules/trial", views.rules_trial, name="rules_trial"),
    path("rules/<int:rule_id>", views.rule_page, name="rule"),
    path("rules/<int:rule_id>/edition", views.rule_edit, name="rule_edit"),
    path("rules/<int:rule_id>/position", views.rule_position, name="rule_position"),
    path("rules/<int:rule_id>/state", views.rule_state, name="rule_state"),
    path("rules/<int:rule_id>/restoration", views.rule_restoration, name="rule_restoration"),
]
