"""Addresses of what steers dispatch: rules, the duty catalogue, the list of the communities."""

from __future__ import annotations

from django.urls import path

from linli.screens.console import views_duties, views_rules

urlpatterns = [
    path("rules", views_rules.rules, name="rules"),
    path("rules/new", views_rules.rule_new, name="rule_new"),
    path("rules/trial", views_rules.rules_trial, name="rules_trial"),
    path("rules/<int:rule_id>", views_rules.rule_page, name="rule"),
    path("rules/<int:rule_id>/edition", views_rules.rule_edit, name="rule_edit"),
    path("rules/<int:rule_id>/position", views_rules.rule_position, name="rule_position"),
    path("rules/<int:rule_id>/state", views_rules.rule_state, name="rule_state"),
    path("rules/<int:rule_id>/restoration", views_rules.rule_restoration, name="rule_restoration"),
    path("duties", views_duties.duties, name="duties"),
    path("duties/file.xlsx", views_duties.duties_xlsx, name="duties_xlsx"),
    path("duties/import", views_duties.duties_import, name="duties_import"),
    path("duties/new", views_duties.duty_new, name="duty_new"),
    path("duties/<int:entry_id>/end", views_duties.duty_end, name="duty_end"),
    path("community-list", views_duties.community_list, name="community_list"),
    path("community-list/new", views_duties.listed_new, name="listed_new"),
    path("community-list/<int:entry_id>/end", views_duties.listed_end, name="listed_end"),
]
