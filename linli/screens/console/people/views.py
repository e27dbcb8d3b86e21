"""People who work here: the list, the page of one, and a file of many."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.kernel.access.queries import (
    locked_names,
    logins_of,
    posts_of,
    staff_in_state,
)
from linli.kernel.access.rules import MANAGE
from linli.kernel.calendar.local import local_day
from linli.kernel.matters.roster import loads_of
from linli.kernel.organisations.queries import reach
from linli.kernel.people.queries import (
    MAY_READ,
    on_duty,
    postings_of,
    shifts_of,
    shifts_to_come,
    skills_of,
    staff_for,
    staff_member,
    staff_within,
)
from linli.screens.console.menu import page
from linli.screens.console.paging import walk
from linli.screens.console.people.forms import StaffConditions, major_names, role_options
from linli.screens.console.people.rows import history, login_tags, rows_of, state_of, week_rows
from linli.screens.console.people.words import hours_in_words
from linli.screens.shared.guard import PageRequest, needs

EDIT = "people.edit"


@require_GET
@needs("people.edit", "access.manage")
def people(request: PageRequest) -> HttpResponse:
    """Everybody of the scope under the conditions of the row, with post, grids, hours and last login."""
    today = local_day(request.now)
    scope = reach(request.actor, MAY_READ)
    form = StaffConditions(
        request.GET or None, actor=request.actor, scope=scope, roles=role_options()
    )
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = staff_for(
        request.actor,
        words=str(wanted.get("q") or "").strip(),
        organization_id=wanted.get("organization"),
        grid_below=wanted.get("community"),
        on=today,
    )
    rows = staff_in_state(
        rows, str(wanted.get("state") or "working"), on=today, role_id=wanted.get("role")
    )
    found, pager = walk(request, rows, "employee_no")
    return page(
        request,
        "console/people/list.html",
        title=_("人员与岗位"),
        here="console:people",
        form=form,
        rows=rows_of(request, found),
        pager=pager,
        narrowed=any(wanted.values()),
        may_edit=request.actor.may(EDIT),
    )


@require_GET
@needs("people.edit", "access.manage")
def staff_page(request: PageRequest, staff_id: int) -> HttpResponse:
    """Somebody with posts, hours, grids, skills and the state of the login; buttons for what one may change."""
    staff = staff_member(request.actor, staff_id)
    today = local_day(request.now)
    account = logins_of(request.actor, [staff.pk]).get(staff.pk)
    held = posts_of(request.actor, [account.pk]).get(account.pk, []) if account else []
    shifts = shifts_of([staff.pk], today).get(staff.pk, [])
    locked = locked_names([account.username], now=request.now) if account else set()
    return page(
        request,
        "console/people/staff.html",
        title=staff.name,
        here="console:people",
        trail=[(str(staff.organization), _list_of(staff.organization_id))],
        staff=staff,
        account=account,
        tags=login_tags(staff, account, locked=locked),
        on_duty=bool(on_duty(request.now, among=[staff.pk])),
        posts=history(held, today),
        week=week_rows(shifts),
        hours=hours_in_words(shifts),
        hours_to_come=_to_come(staff.pk, request),
        skills=_skills(staff.pk),
        open_cases=loads_of([staff.pk]).get(staff.pk, 0),
        **_postings(staff.pk, request),
        **_rights(request, staff_id),
    )


def _list_of(organization_id: int) -> str:
    return f"{reverse('console:people')}?organization={organization_id}"


def _rights(request: PageRequest, staff_id: int) -> dict[str, Any]:
    """What this person may change about somebody: never one's own grids and posts."""
    own = staff_id == request.actor.staff_id

    def reaches(right: str) -> bool:
        return staff_within(request.actor.scope(right)).filter(pk=staff_id).exists()

    return {
        "own": own,
        "may_edit": request.actor.may(EDIT) and reaches(EDIT),
        "may_manage": request.actor.may(MANAGE) and reaches(MANAGE),
    }


def _postings(staff_id: int, request: PageRequest) -> dict[str, Any]:
    today = local_day(request.now)
    every = [(one, state_of(one, today)) for one in postings_of([staff_id]).get(staff_id, [])]
    return {
        "postings": [pair for pair in every if pair[1] in ("now", "to_come")],
        "past_postings": [pair for pair in every if pair[1] in ("past", "off")],
    }


def _to_come(staff_id: int, request: PageRequest) -> dict[str, Any] | None:
    """The hours that begin on a later day, if there are any."""
    shifts = shifts_to_come(staff_id, local_day(request.now))
    if not shifts:
        return None
    first = shifts[0].valid_from
    return {
        "from": first,
        "hours": hours_in_words(one for one in shifts if one.valid_from == first),
    }


def _skills(staff_id: int) -> list[str]:
    names = major_names()
    return [names.get(code, code) for code in skills_of(staff_id)]
