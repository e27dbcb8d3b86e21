"""Addresses about people, organisations, logins, posts and keys; part of `urls.py`."""

from __future__ import annotations

from django.urls import path

from linli.screens.console import (
    views_access,
    views_organisations,
    views_people,
    views_staff,
    views_staff_import,
)

urlpatterns = [
    path("people", views_people.people, name="people"),
    path("people/new", views_staff.staff_new, name="staff_new"),
    path("people/import", views_staff_import.staff_import, name="staff_import"),
    path("people/template.xlsx", views_staff_import.staff_template, name="staff_template"),
    path("people/<int:staff_id>", views_people.staff_page, name="staff"),
    path("people/<int:staff_id>/details", views_staff.staff_details, name="staff_details"),
    path("people/<int:staff_id>/transfer", views_staff.staff_transfer, name="staff_transfer"),
    path("people/<int:staff_id>/leaving", views_staff.staff_leaving, name="staff_leaving"),
    path("people/<int:staff_id>/return", views_staff.staff_return, name="staff_return"),
    path("people/<int:staff_id>/shifts", views_staff.staff_shifts, name="staff_shifts"),
    path("people/<int:staff_id>/skills", views_staff.staff_skills, name="staff_skills"),
    path("people/<int:staff_id>/base", views_staff.staff_base, name="staff_base"),
    path("people/<int:staff_id>/grids", views_staff.posting_new, name="posting_new"),
    path(
        "people/<int:staff_id>/grids/<int:posting_id>/end",
        views_staff.posting_end,
        name="posting_end",
    ),
    path("people/<int:staff_id>/account", views_access.account_new, name="account_new"),
    path("organizations", views_organisations.organizations, name="organizations"),
    path("organizations/new", views_organisations.organization_new, name="organization_new"),
    path(
        "organizations/<int:organization_id>",
        views_organisations.organization_edit,
        name="organization",
    ),
    path(
        "organizations/<int:organization_id>/closing",
        views_organisations.organization_closing,
        name="organization_closing",
    ),
    path(
        "organizations/<int:organization_id>/opening",
        views_organisations.organization_opening,
        name="organization_opening",
    ),
    path("accounts", views_access.accounts, name="accounts"),
    path("accounts/roles", views_access.role_list, name="roles"),
    path("accounts/import", views_staff_import.post_import, name="post_import"),
    path("accounts/administrator", views_access.administrator_new, name="administrator_new"),
    path("accounts/client", views_access.client_new, name="client_new"),
    path("accounts/<int:account_id>", views_access.account_page, name="account"),
    path("accounts/<int:account_id>/person", views_access.account_person, name="account_person"),
    path(
        "accounts/<int:account_id>/password", views_access.account_password, name="account_password"
    ),
    path("accounts/<int:account_id>/lock", views_access.account_lock, name="account_lock"),
    path("accounts/<int:account_id>/state", views_access.account_state, name="account_state"),
    path("accounts/<int:account_id>/posts", views_access.post_new, name="post_new"),
    path(
        "accounts/<int:account_id>/posts/<int:post_id>/end",
        views_access.post_end,
        name="post_end",
    ),
    path("keys", views_access.keys, name="keys"),
    path("keys/new", views_access.key_new, name="key_new"),
    path("keys/<int:key_id>/withdrawal", views_access.key_withdrawal, name="key_withdrawal"),
]
