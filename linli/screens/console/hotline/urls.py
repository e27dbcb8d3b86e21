"""Addresses of 12345 对接."""

from __future__ import annotations

from django.urls import path

from linli.screens.console.hotline import views

urlpatterns = [
    path("hotline", views.hotline_page, name="hotline"),
    path("hotline/reconciliation", views.reconciliation, name="reconciliation"),
    path("hotline/<slug:code>/pull", views.hotline_pull, name="hotline_pull"),
    path(
        "hotline/messages/<int:message_id>/retry",
        views.message_retry,
        name="message_retry",
    ),
    path(
        "hotline/messages/<int:message_id>/omission",
        views.message_omission,
        name="message_omission",
    ),
    path(
        "hotline/<slug:code>/orders/<str:external_no>/arrival",
        views.order_arrival,
        name="order_arrival",
    ),
    path(
        "hotline/<slug:code>/orders/<str:external_no>/telling",
        views.order_telling,
        name="order_telling",
    ),
]
