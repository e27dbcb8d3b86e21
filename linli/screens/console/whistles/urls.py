"""Addresses of 吹哨报到 and 联席会议."""

from __future__ import annotations

from django.urls import path

from linli.screens.console.whistles import meetings, moving, views

urlpatterns = [
    path("whistles", views.whistles, name="whistles"),
    path("whistles/new", moving.whistle_new, name="whistle_new"),
    path("whistles/figures", views.whistle_figures, name="whistle_figures"),
    path("whistles/figures/legs", views.whistle_legs, name="whistle_legs"),
    path("whistles/limits", views.whistle_limits, name="whistle_limits"),
    path("whistles/<str:number>", views.whistle, name="whistle"),
    path(
        "whistles/<str:number>/moves/<slug:code>",
        moving.whistle_move,
        name="whistle_move",
    ),
    path(
        "whistles/<str:number>/legs/<int:leg_id>/moves/<slug:code>",
        moving.leg_move,
        name="leg_move",
    ),
    path("meetings", meetings.meetings, name="meetings"),
    path("meetings/new", meetings.meeting_new, name="meeting_new"),
    path("meetings/<int:meeting_id>", meetings.meeting, name="meeting"),
    path(
        "meetings/<int:meeting_id>/resolutions",
        meetings.meeting_resolution,
        name="meeting_resolution",
    ),
    path(
        "meetings/<int:meeting_id>/resolutions/<int:resolution_id>/task",
        meetings.meeting_task,
        name="meeting_task",
    ),
    path(
        "meetings/<int:meeting_id>/attendance",
        meetings.meeting_attendance,
        name="meeting_attendance",
    ),
    path("meetings/<int:meeting_id>/end", meetings.meeting_end, name="meeting_end"),
]
