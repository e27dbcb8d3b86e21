"""Addresses of 吹哨报到 and 联席会议."""

from __future__ import annotations

from django.urls import path

from linli.screens.console import views_meetings, views_whistle, views_whistle_moves

urlpatterns = [
    path("whistles", views_whistle.whistles, name="whistles"),
    path("whistles/new", views_whistle_moves.whistle_new, name="whistle_new"),
    path("whistles/figures", views_whistle.whistle_figures, name="whistle_figures"),
    path("whistles/figures/legs", views_whistle.whistle_legs, name="whistle_legs"),
    path("whistles/limits", views_whistle.whistle_limits, name="whistle_limits"),
    path("whistles/<str:number>", views_whistle.whistle, name="whistle"),
    path(
        "whistles/<str:number>/moves/<slug:code>",
        views_whistle_moves.whistle_move,
        name="whistle_move",
    ),
    path(
        "whistles/<str:number>/legs/<int:leg_id>/moves/<slug:code>",
        views_whistle_moves.leg_move,
        name="leg_move",
    ),
    path("meetings", views_meetings.meetings, name="meetings"),
    path("meetings/new", views_meetings.meeting_new, name="meeting_new"),
    path("meetings/<int:meeting_id>", views_meetings.meeting, name="meeting"),
    path(
        "meetings/<int:meeting_id>/resolutions",
        views_meetings.meeting_resolution,
        name="meeting_resolution",
    ),
    path(
        "meetings/<int:meeting_id>/resolutions/<int:resolution_id>/task",
        views_meetings.meeting_task,
        name="meeting_task",
    ),
    path(
        "meetings/<int:meeting_id>/attendance",
        views_meetings.meeting_attendance,
        name="meeting_attendance",
    ),
    path("meetings/<int:meeting_id>/end", views_meetings.meeting_end, name="meeting_end"),
]
