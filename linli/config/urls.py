"""Every address of the site, one line a part."""

from __future__ import annotations

from django.urls import include, path

from linli.config.healthz import healthz
from linli.doors.hotline.urls import urlpatterns as hotline
from linli.doors.open311.urls import urlpatterns as open311
from linli.doors.reports.api import api
from linli.screens.shared import accounts
from linli.screens.shared.files import serve

handler400 = "linli.screens.shared.views.bad_request"
handler403 = "linli.screens.shared.views.permission_denied"
handler404 = "linli.screens.shared.views.page_not_found"
handler500 = "linli.screens.shared.views.server_error"


urlpatterns = [
    path("", accounts.start, name="start"),
    path("healthz", healthz, name="healthz"),
    path("login", accounts.log_in, name="login"),
    path("logout", accounts.log_out, name="logout"),
    path("logout/everywhere", accounts.log_out_everywhere, name="logout_everywhere"),
    path("password", accounts.change_password, name="password"),
    path("cases/<str:number>", accounts.go_to_case, name="go_to_case"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("linli.screens.shared.urls")),
    path("files/<str:token>", serve, name="file"),
    path("geo/", include("linli.screens.shared.geo_urls")),
    path("home/", include("linli.screens.resident.urls")),
    path("field/", include("linli.screens.field.urls")),
    path("console/", include("linli.screens.console.urls")),
    path("board/", include("linli.screens.board.urls")),
    path("api/", api.urls),
    path("open311/", include((open311, "open311"))),
    path("hotline/", include((hotline, "hotline"))),
]
