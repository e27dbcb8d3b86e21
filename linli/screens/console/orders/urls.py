"""Addresses of the sheet of a hotline order and of the call back."""

from __future__ import annotations

from django.urls import path

from linli.screens.console.orders import views

urlpatterns = [
    path("cases/<str:number>/order", views.order_sheet, name="order_sheet"),
    path(
        "cases/<str:number>/order/papers/<int:paper_id>",
        views.order_paper,
        name="order_paper",
    ),
    path("cases/<str:number>/follow-up", views.follow_up_call, name="follow_up_call"),
]
