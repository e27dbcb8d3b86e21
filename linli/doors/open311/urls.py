"""Addresses of the door, below `/open311/`.

`v2/` acts. `test/v2/` reads the same, but what is posted there is only checked.
"""

from __future__ import annotations

from django.urls import URLPattern, re_path

from linli.doors.open311 import views

_FORM = r"\.(?P<form>xml|json)$"


def _endpoint(prefix: str, name: str, *, trial: bool) -> list[URLPattern]:
    kept = {"trial": trial}
    return [
        re_path(rf"^{prefix}services{_FORM}", views.services, kept, name=f"{name}services"),
        re_path(
            rf"^{prefix}services/(?P<code>[^/]+){_FORM}", views.service, kept, name=f"{name}service"
        ),
        re_path(rf"^{prefix}requests{_FORM}", views.requests, kept, name=f"{name}requests"),
        re_path(
            rf"^{prefix}requests/(?P<number>[^/]+){_FORM}",
            views.one_request,
            kept,
            name=f"{name}request",
        ),
        re_path(
            rf"^{prefix}tokens/(?P<token>[^/]+){_FORM}", views.token, kept, name=f"{name}token"
        ),
    ]


urlpatterns: list[URLPattern] = [
    re_path(rf"^discovery{_FORM}", views.discovery, name="discovery"),
    *_endpoint("v2/", "", trial=False),
    *_endpoint("test/v2/", "trial_", trial=True),
    re_path(r"^(?P<rest>.*)$", views.nothing),
]
