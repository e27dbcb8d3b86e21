"""Organisations: the list, a new one, renaming, closing and opening again."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.kernel.organisations.actions import (
    add_organization,
    edit_organization,
    reinstate_organization,
)
from linli.kernel.organisations.models import Organization
from linli.kernel.organisations.queries import organization_for, organizations_for
from linli.kernel.people.actions import close_organization
from linli.kernel.people.queries import head_counts
from linli.screens.console.form_page import Asking, fill_in, sent
from linli.screens.console.menu import page
from linli.screens.console.people.changes import FORM
from linli.screens.console.people.forms import Confirmation, OrganizationForm
from linli.screens.console.people.words import ORGANIZATION_KINDS
from linli.screens.shared.guard import PageRequest, needs

HERE = "console:organizations"
EDIT = "organisations.edit"


@require_GET
@needs("organisations.edit", "people.edit", "access.manage")
def organizations(request: PageRequest) -> HttpResponse:
    """Organisations of the scope with their place and how many people work there."""
    words, kind = (request.GET.get(name, "").strip()[:60] for name in ("q", "kind"))
    closed = request.GET.get("closed") == "1"
    rows = list(organizations_for(request.actor, words=words, kind=kind))
    heads = head_counts(request.actor)
    found = [
        {"organization": one, "heads": heads.get(one.pk, 0)}
        for one in rows
        if closed or one.retired_at is None
    ]
    return page(
        request,
        "console/organisations/list.html",
        title=_("单位"),
        here=HERE,
        rows=found,
        hidden=len(rows) - len(found),
        words=words,
        kind=kind,
        closed=closed,
        kinds=ORGANIZATION_KINDS,
        narrowed=bool(words or kind),
        may_edit=request.actor.may(EDIT),
    )


@FORM
@needs("organisations.edit")
def organization_new(request: PageRequest) -> HttpResponse:
    """Enter an organisation."""
    form = OrganizationForm(sent(request), scope=request.actor.scope(EDIT))
    asking = Asking(
        title=_("新增单位"),
        here=HERE,
        button=_("保存"),
        back=reverse(HERE),
        done=_("单位已保存。"),
    )

    def do(given: dict[str, Any]) -> Organization:
        return add_organization(**_arguments(given), by=request.actor, now=request.now)

    return fill_in(request, form, asking, do=do)


@FORM
@needs("organisations.edit")
def organization_edit(request: PageRequest, organization_id: int) -> HttpResponse:
    """Rename an organisation or correct what is known of it."""
    organization = organization_for(request.actor, organization_id)
    scope = request.actor.scope(EDIT)
    form = OrganizationForm(sent(request), scope=scope, organization=organization)
    asking = _asking(
        organization,
        title=_("修改单位"),
        button=_("保存"),
        done=_("单位已修改。"),
        words=_("编码 %(code)s 不变；以前的案件会显示新的名称。") % {"code": organization.code},
    )

    def do(given: dict[str, Any]) -> Organization:
        arguments = _arguments(given)
        return edit_organization(organization_id, **arguments, by=request.actor, now=request.now)

    return fill_in(request, form, asking, do=do)


@FORM
@needs("organisations.edit")
def organization_closing(request: PageRequest, organization_id: int) -> HttpResponse:
    """Retire an organisation for which nobody works any more."""
    organization = organization_for(request.actor, organization_id)
    asking = _asking(
        organization,
        title=_("停用单位"),
        button=_("停用"),
        done=_("单位已停用。"),
        words=_("停用后不再派单给它，也不能再录入人员；以前的案件和记录都保留。"),
        danger=True,
    )
    return fill_in(
        request,
        Confirmation(sent(request)),
        asking,
        do=lambda _given: close_organization(organization_id, by=request.actor, now=request.now),
    )


@FORM
@needs("organisations.edit")
def organization_opening(request: PageRequest, organization_id: int) -> HttpResponse:
    """Undo a retirement."""
    organization = organization_for(request.actor, organization_id)
    asking = _asking(
        organization, title=_("恢复单位"), button=_("恢复"), done=_("单位已恢复使用。")
    )
    return fill_in(
        request,
        Confirmation(sent(request)),
        asking,
        do=lambda _given: reinstate_organization(
            organization_id, by=request.actor, now=request.now
        ),
    )


def _asking(organization: Organization, *, title: str, **more: Any) -> Asking:
    return Asking(
        title=f"{title} · {organization.name}",
        here=HERE,
        back=reverse(HERE),
        trail=((organization.name, ""),),
        **more,
    )


def _arguments(given: dict[str, Any]) -> dict[str, Any]:
    return {("area_id" if name == "area" else name): value for name, value in given.items()}
