"""Addresses of logins, posts and keys."""

from __future__ import annotations

from django.urls import path

from linli.screens.console.access import approvals, views

urlpatterns = [
    path("people/<int:staff_id>/account", views.account_new, name="account_new"),
    path("accounts", views.accounts, name="accounts"),
    path("accounts/roles", views.role_list, name="roles"),
    path("accounts/administrator", views.administrator_new, name="administrator_new"),
    path("agreements", approvals.approvals, name="access_approvals"),
    path("agreements/<int:approval_id>", approvals.decision, name="access_approval"),
    path("accounts/client", views.client_new, name="client_new"),
    path("accounts/<int:account_id>", views.account_page, name="account"),
    path("accounts/<int:account_id>/person", views.account_person, name="account_person"),
    path("accounts/<int:account_id>/password", views.account_password, name="account_password"),
    path("accounts/<int:account_id>/lock", views.account_lock, name="account_lock"),
    path("accounts/<int:account_id>/state", views.account_state, name="account_state"),
    path("accounts/<int:account_id>/posts", views.post_new, name="post_new"),
    path(
        "accounts/<int:account_id>/posts/<int:post_id>/end",
        views.post_end,
        name="post_end",
    ),
    path("keys", views.keys, name="keys"),
    path("keys/new", views.key_new, name="key_new"),
    path("keys/<int:key_id>/withdrawal", views.key_withdrawal, name="key_withdrawal"),
]
