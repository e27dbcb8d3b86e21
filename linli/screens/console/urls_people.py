"""Addresses about people, organisations, logins, posts and keys; part of `urls.py`."""

from __future__ import annotations

from django.urls import path

from linli.screens.console import views_access

urlpatterns = [
    path("people/<int:staff_id>/account", views_access.account_new, name="account_new"),
    path("accounts", views_access.accounts, name="accounts"),
    path("accounts/roles", views_access.role_list, name="roles"),
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
