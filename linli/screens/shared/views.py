"""The reading switch, the style guide and the error pages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from . import samples, samples_map
from .guard import anybody, needs
from .reading import COOKIE, COOKIE_AGE, from_form, read_cookie

STAFF = ("cases.view", "board.view", "failures.view", "access.manage", "audit.view")

# status -> (what happened, what to do next)
ERROR_WORDS = {
    400: (
        _("这次提交的内容有误"),
        _("请返回上一页，按红字提示修改后再提交。您填写的内容没有丢失。"),
    ),
    403: (
        _("您的账号不能打开这一页"),
        _("如果工作需要，请联系本单位管理员开通；也可以返回上一页继续其他工作。"),
    ),
    404: (
        _("没有找到这一页"),
        _("网址可能写错了，或者内容已经移走。请从首页重新进入，或用编号查询办理进度。"),
    ),
    405: (_("这个网址不能这样打开"), _("请返回上一页，用页面上的按钮操作。")),
    409: (
        _("有人刚刚改过这条记录"),
        _("为了不覆盖别人的办理，您的修改没有保存。请刷新后看一下最新情况，再提交一次。"),
    ),
    413: (_("文件太大了"), _("单个文件请小于 20 MB。照片可以少选几张，分两次提交。")),
    429: (_("操作太快了"), _("请等一分钟再试。如果情况紧急，请直接拨打社区值班电话。")),
    500: (
        _("系统出了问题"),
        _(
            "您刚才提交的内容如果没有看到编号，请稍后再提交一次。问题已经记录，急事请打社区值班电话。"
        ),
    ),
    503: (_("系统正在维护"), _("请过几分钟再来。急事请打社区值班电话。")),
}


@require_POST
@anybody
def set_reading(request: HttpRequest) -> HttpResponse:
    """Switch 长辈版 or the letter size and go back to the page; works as a plain form."""
    chosen = from_form(
        request.POST.get("mode"),
        request.POST.get("size"),
        before=read_cookie(request.COOKIES.get(COOKIE)),
    )
    answer = HttpResponseRedirect(_safe_next(request))
    # Not HttpOnly: the switch on the page writes the same cookie; it holds nothing about the person.
    answer.set_cookie(
        COOKIE, chosen.cookie_value, max_age=COOKIE_AGE, samesite="Lax", secure=request.is_secure()
    )
    return answer


@require_GET
@needs(*STAFF)
def style_guide(request: HttpRequest) -> HttpResponse:
    """Every shared part in normal, empty and overfull state. `?surface=console|phone|board` changes the frame."""
    surface = request.GET.get("surface", "console")
    if surface not in samples.SURFACES:
        surface = "console"
    context = samples.style_guide_context(surface)
    return render(request, samples.SURFACES[surface], context)


@require_GET
@needs(*STAFF)
def sample_map(request: HttpRequest, part: str) -> HttpResponse:
    """The drawn neighbourhood of the style guide as GeoJSON."""
    found = samples_map.part(part)
    if found is None:
        return error_page(request, 404)
    return JsonResponse(found, content_type="application/geo+json")


@require_GET
@needs(*STAFF)
def sample_photo(request: HttpRequest, number: int) -> HttpResponse:
    return HttpResponse(samples.photo(number), content_type="image/svg+xml")


def error_page(
    request: HttpRequest, status: int, *, message: str = "", detail: str = ""
) -> HttpResponse:
    """Any error in plain words. `message` says what happened, `detail` what to do next; both have defaults."""
    happened, what_next = ERROR_WORDS.get(status, ERROR_WORDS[500])
    context: dict[str, Any] = {
        "status": status,
        "happened": message or happened,
        "what_next": detail or what_next,
        "duty_phone": getattr(settings, "DUTY_PHONE", ""),
        "reload": status in (409, 429, 503),
    }
    return render(request, "shared/error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return error_page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(
        request,
        403,
        message=str(_("这一页开得太久，安全凭证过期了")),
        detail=str(_("请返回上一页，刷新后再提交一次。")),
    )


def _safe_next(request: HttpRequest) -> str:
    """Only our own addresses: the field comes from the page and could be forged."""
    wanted = request.POST.get("next", "")
    host = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(wanted, host, require_https=request.is_secure())
    return wanted if wanted.startswith("/") and safe else "/"
