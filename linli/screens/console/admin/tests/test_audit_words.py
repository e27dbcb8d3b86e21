"""Every code an audit line can carry has a word, and the log can be narrowed, taken away and compared."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from datetime import timedelta

from pytest_django import Settings

import linli
from linli.demo.presence import BUILD, FINISHED
from linli.demo.remove import REMOVED
from linli.kernel.audit import chain
from linli.kernel.audit.heads import RESTORED
from linli.kernel.audit.models import AuditLine
from linli.kernel.matters.kinds import kinds
from linli.kernel.upkeep.jobs import publish_head
from linli.screens.console.admin.words import ACTIONS, action_word
from linli.screens.console.tests.office import Enter
from tests.architecture.source import HOUSE, calls, dotted, python_files, tree
from tests.world import MONDAY, World

NAMED = {
    BUILD, FINISHED, REMOVED, RESTORED, "kernel.matters.name_deputy", "kernel.matters.end_deputy",
    "access.choose_password", "access.end_all_sessions", "access.log_in", "access.log_out",
}  # fmt: skip
"""Codes that are written through a name."""


def guarded_verbs() -> Iterator[str]:
    for found in pkgutil.walk_packages(linli.__path__, "linli."):
        if ".actions" not in found.name and not found.name.startswith(
            ("linli.kernel", "linli.cases", "linli.hotline", "linli.insight", "linli.whistles")
        ):
            continue
        if {"tests", "migrations", "__main__"} & set(found.name.split(".")):
            continue
        for name, verb in vars(importlib.import_module(found.name)).items():
            if hasattr(verb, "__wrapped__") and hasattr(verb, "may"):
                module = verb.__module__.removeprefix("linli.").replace(".actions", "")
                yield f"{module}.{name}" if verb.__name__ == name else f"{module}.{verb.__name__}"


def written_codes() -> Iterator[str]:
    """Codes that stand in a call of `write` as they are."""
    for file in python_files(HOUSE):
        for call in calls(tree(file)):
            if dotted(call.func).endswith("chain.write"):
                yield from (
                    word.value.value
                    for word in call.keywords
                    if word.arg == "action"
                    and isinstance(word.value, ast.Constant)
                    and isinstance(word.value.value, str)
                )


def test_every_code_has_a_word() -> None:
    codes = {*guarded_verbs(), *written_codes(), *NAMED}
    moves = {
        f"{kind.matter._meta.app_label}.{move.code}" for kind in kinds() for move in kind.flow.moves
    }

    assert len(codes) > 120
    assert [code for code in sorted(codes | moves) if action_word(code) == code] == []
    assert sorted(set(ACTIONS) - codes) == [], "words for what nobody does any more"


def test_a_code_of_another_version_is_shown_as_it_is() -> None:
    assert action_word("care.visit") == "care.visit"


def write(number: int, **facts: object) -> None:
    for n in range(number):
        chain.write(
            at=MONDAY + timedelta(days=n), actor_kind="staff", account_id=1, actor_name="=小李",
            action="access.log_in", subject=f"x:{n}", detail={},
        )  # fmt: skip


def test_days_narrow_the_log_and_nonsense_does_not(world: World, enter: Enter) -> None:
    write(3)
    client = enter("audit_admin")

    def subjects(conditions: str) -> list[str]:
        page = client.get(f"/console/audit?name==小李&{conditions}")
        return [line["row"].subject for line in page.context["lines"]]

    assert subjects("since=2026-03-10&until=2026-03-10") == ["x:1"]
    assert subjects("since=2026-03-10") == ["x:2", "x:1"]
    for nonsense in ("since=yesterday", "since=0001-01-01", "until=9999-12-31"):
        assert len(subjects(nonsense)) == 3


def test_the_log_can_be_taken_away_as_a_table_without_formulas(world: World, enter: Enter) -> None:
    write(2)

    answer = enter("audit_admin").get("/console/audit.csv?since=2026-03-10&name==小李")

    rows = answer.content.decode().splitlines()
    assert len(rows) == 2
    assert "登录" in rows[1]
    assert "'=小李" in rows[1]
    assert enter("acceptor").get("/console/audit.csv").status_code == 403


def test_the_page_compares_with_what_was_published_and_what_was_written_down(
    world: World, enter: Enter, settings: Settings
) -> None:
    write(3)
    chain.seal()
    one = publish_head(now=MONDAY)
    assert one is not None
    client = enter("audit_admin")

    good = client.get(f"/console/audit?code={one.code}")
    assert one.code in good.content.decode()
    assert (good.context["gap"], good.context["compared"]) == (None, 2)

    AuditLine.objects.filter(sequence=one.sequence).update(line_hash="0" * 64)
    bad = client.get("/console/audit?verdict=1")
    assert bad.context["gap"].head == one
    assert "与公布过的链尾不符" in bad.content.decode()
    assert "这不是核对码" in client.get("/console/audit?code=hello").content.decode()


def test_the_page_of_failures_begins_with_how_everything_is_running(
    world: World, enter: Enter
) -> None:
    page = enter("system_admin").get("/console/failures")

    first = page.context["parts"][0]
    assert (str(first["word"]), first["well"]) == ("有故障", False)
    assert "后台任务" in page.content.decode()
