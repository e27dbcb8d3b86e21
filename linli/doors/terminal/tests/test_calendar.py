"""`linli calendar paste`: looked at first, stored only with --confirm."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from linli.doors.terminal.app import app
from linli.kernel.calendar.errors import BadCalendarFile, BadNotice
from linli.kernel.calendar.models import CalendarDay, WorkCalendar, YearNotice
from linli.kernel.calendar.queries import forget_calendars
from linli.kernel.calendar.tests.notices import NOTICE_2026
from tests.world import World


@pytest.fixture
def notice(world: World, tmp_path: Path) -> Path:
    CalendarDay.objects.filter(date__year=2026).delete()
    WorkCalendar.objects.update(years=[2024, 2025], fingerprint="without 2026")
    forget_calendars()
    file = tmp_path / "notice.txt"
    file.write_text(NOTICE_2026, encoding="utf-8")
    return file


def test_it_is_looked_at_first_and_stored_when_confirmed(notice: Path) -> None:
    looked = CliRunner().invoke(app, ["calendar", "paste", str(notice), "--json"])
    answer = json.loads(looked.stdout)
    assert (answer["year"], answer["confirmed"], len(answer["days"])) == (2026, False, 25)
    assert not YearNotice.objects.exists()

    done = CliRunner().invoke(app, ["calendar", "paste", str(notice), "--json", "--confirm"])
    assert json.loads(done.stdout)["confirmed"] is True
    assert YearNotice.objects.get().year == 2026


def test_it_says_in_words_what_would_change_and_reads_standard_input(notice: Path) -> None:
    done = CliRunner().invoke(app, ["calendar", "paste", "-"], input=NOTICE_2026)

    assert done.exit_code == 0
    assert "1月4日 周日：元旦调休上班（原为周末休息）" in done.stderr
    assert "还没有保存" in done.stderr


def test_a_notice_that_does_not_fit_or_cannot_be_read_is_refused(notice: Path) -> None:
    notice.write_text(NOTICE_2026.replace("（周四）至3日", "（周五）至3日"), encoding="utf-8")

    refused = CliRunner().invoke(app, ["calendar", "paste", str(notice), "--confirm"])
    assert isinstance(refused.exception, BadNotice)
    missing = CliRunner().invoke(app, ["calendar", "paste", str(notice.parent / "none.txt")])
    assert isinstance(missing.exception, BadCalendarFile)
    assert not YearNotice.objects.exists()
