"""Reads for lists and desks: pages by key, counts, and whether a case lies in a scope."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from linli.cases.actions.intake import receive_report
from linli.cases.drafts import ReportDraft
from linli.cases.flow import Stage
from linli.cases.models import Case, Report
from linli.cases.queries import cases_seen, open_counts, page_around, reaches, waiting_at
from linli.cases.suggesting.duty import suggest_organization, suggest_organizations
from linli.kernel.access.queries import RESIDENT
from linli.kernel.acting import EVERYWHERE, NOWHERE, SYSTEM, Scope
from linli.kernel.jobs.queue import run_due
from tests.world import MONDAY, World


def opened(lon: float, body: str = "有垃圾") -> Case:
    draft = ReportDraft(body=f"{body}{lon}", lon=lon, lat=30.005, category_code="E0111")
    receipt = receive_report(draft, by=RESIDENT, now=MONDAY)
    run_due(now=MONDAY)
    case = Report.objects.get(pk=receipt.report_id).case
    assert case is not None
    return case


def scopes(world: World) -> Iterator[Scope]:
    """One scope of every kind over every row of the world, and two together."""
    yield from (EVERYWHERE, NOWHERE)
    columns = {
        "D": "district",
        "S": "subdistrict",
        "C1": "community",
        "C2": "community",
        "G1": "grid",
        "G3": "grid",
    }
    for key, column in columns.items():
        pair = frozenset({(column, world.areas[key])})
        yield Scope(areas=pair)
        yield Scope(levels=pair)
        yield Scope(levels=pair, staff=frozenset({world.staff["handler"].pk}))
    for organization in world.organizations.values():
        yield Scope(organizations=frozenset({organization.pk}))
    for who in ("acceptor", "handler", "grid_worker"):
        yield Scope(staff=frozenset({world.staff[who].pk}))


def test_reaching_a_read_case_is_the_same_as_finding_it_by_query(world: World) -> None:
    placed = opened(120.005)
    outside = opened(121.0)
    handled = opened(120.025)
    Case.objects.filter(pk=handled.pk).update(
        handling_org=world.organizations["CG"], handler=world.staff["handler"]
    )
    in_community = opened(120.015)
    Case.objects.filter(pk=in_community.pk).update(grid=None)
    cases = list(Case.objects.order_by("pk"))
    assert {case.pk for case in cases} == {placed.pk, outside.pk, handled.pk, in_community.pk}

    for scope in scopes(world):
        actor = replace(RESIDENT, kind="staff", grants={"cases.view": scope})
        found = set(cases_seen(actor).values_list("pk", flat=True))
        assert {case.pk for case in cases if reaches(actor, case, "cases.view")} == found, scope
    assert not reaches(RESIDENT, cases[0], "cases.view")
    assert reaches(SYSTEM, cases[0], "cases.view")


def test_pages_by_key_meet_without_a_gap(world: World) -> None:
    ids = [opened(120.0005 + n * 0.0008).pk for n in range(7)][::-1]
    rows = Case.objects.all()

    first = page_around(rows, size=3)
    second = page_around(rows, before=first.older, size=3)
    third = page_around(rows, before=second.older, size=3)
    back = page_around(rows, after=third.newer, size=3)
    front = page_around(rows, after=back.newer, size=3)

    pages = [[case.pk for case in page.cases] for page in (first, second, third, back, front)]
    assert pages == [ids[:3], ids[3:6], ids[6:], ids[3:6], ids[:3]]
    assert (first.newer, third.older, front.newer) == (None, None, None)
    assert page_around(Case.objects.none(), before=5).cases == []


def test_counts_are_those_of_the_scope(world: World) -> None:
    opened(120.005)
    opened(120.025)

    assert open_counts(world.actors["acceptor"], now=MONDAY)["received"] == 2
    assert open_counts(world.actors["grid_worker"], now=MONDAY)["received"] == 1
    assert open_counts(world.actors["audit_admin"], now=MONDAY)["received"] == 0


def test_only_who_may_act_has_cases_waiting(world: World) -> None:
    case = opened(120.005)

    assert list(waiting_at(world.actors["acceptor"], Stage.RECEIVED, "cases.accept")) == [case]
    assert list(waiting_at(world.actors["grid_worker"], Stage.RECEIVED, "cases.accept")) == []


def test_organisations_for_many_cases_are_those_for_each(world: World) -> None:
    opened(120.005)
    opened(120.015)
    Case.objects.filter(grid_id=world.areas["G2"]).update(category=None)
    cases = list(Case.objects.select_related("category"))

    together = suggest_organizations(cases, now=MONDAY)

    assert together == {case.pk: suggest_organization(case, now=MONDAY) for case in cases}
    assert {organization and organization.code for organization, _why in together.values()} == {
        "CG",
        None,
    }
