"""Addresses about people: lists, a page each, what may change, the roster as a file."""

from __future__ import annotations

from django.urls import path

from linli.screens.console.people import changes, deputies, importing, views

urlpatterns = [
    path("people", views.people, name="people"),
    path("people/new", changes.staff_new, name="staff_new"),
    path("people/import", importing.staff_import, name="staff_import"),
    path("people/template.xlsx", importing.staff_template, name="staff_template"),
    path("people/<int:staff_id>", views.staff_page, name="staff"),
    path("people/<int:staff_id>/details", changes.staff_details, name="staff_details"),
    path("people/<int:staff_id>/transfer", changes.staff_transfer, name="staff_transfer"),
    path("people/<int:staff_id>/leaving", changes.staff_leaving, name="staff_leaving"),
    path("people/<int:staff_id>/return", changes.staff_return, name="staff_return"),
    path("people/<int:staff_id>/shifts", changes.staff_shifts, name="staff_shifts"),
    path("people/<int:staff_id>/skills", changes.staff_skills, name="staff_skills"),
    path("people/<int:staff_id>/base", changes.staff_base, name="staff_base"),
    path("people/<int:staff_id>/grids", changes.posting_new, name="posting_new"),
    path(
        "people/<int:staff_id>/grids/<int:posting_id>/end",
        changes.posting_end,
        name="posting_end",
    ),
    path("people/<int:staff_id>/deputies", deputies.staff_deputies, name="staff_deputies"),
    path("people/<int:staff_id>/handing", deputies.staff_handing, name="staff_handing"),
    path("deputies", deputies.own_deputies, name="deputies"),
    path("deputies/<int:row_id>/end", deputies.deputy_end, name="deputy_end"),
    path("accounts/import", importing.post_import, name="post_import"),
]
