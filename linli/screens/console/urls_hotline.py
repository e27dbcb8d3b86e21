"""Addresses of 12345 对接, of the sheet of an order and of the call back."""

from __future__ import annotations

from django.urls import path

from linli.screens.console import views_hotline, views_orders

urlpatterns = [
    path("hotline", views_hotline.hotline_page, name="hotline"),
    path("hotline/reconciliation", views_hotline.reconciliation, name="reconciliation"),
    path("hotline/<slug:code>/pull", views_hotline.hotline_pull, name="hotline_pull"),
    path(
        "hotline/messages/<int:message_id>/retry",
        views_hotline.message_retry,
        name="message_retry",
    ),
    path(
        "hotline/messages/<int:message_id>/omission",
        views_hotline.message_omission,
        name="message_omission",
    ),
    path(
        "hotline/<slug:code>/orders/<str:external_no>/arrival",
        views_hotline.order_arrival,
        name="order_arrival",
    ),
    path(
        "hotline/<slug:code>/orders/<str:external_no>/telling",
        views_hotline.order_telling,
        name="order_telling",
    ),
    path("cases/<str:number>/order", views_orders.order_sheet, name="order_sheet"),
    path(
        "cases/<str:number>/order/papers/<int:paper_id>",
        views_orders.order_paper,
        name="order_paper",
    ),
    path("cases/<str:number>/follow-up", views_orders.follow_up_call, name="follow_up_call"),
]
