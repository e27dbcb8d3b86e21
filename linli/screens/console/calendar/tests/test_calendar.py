"""工作日历: a notice is pasted, looked at and confirmed; what does not fit is refused and nothing is stored."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from linli.kernel.calendar.models import CalendarDay, WorkCalendar, YearNotice
from linli.kernel.calendar.queries import forget_calendars, working_time_for
from linli.kernel.calendar.tests.notices import NOTICE_2026
from linli.screens.console.tests.office import Enter
from tests.world import World

PAGE = "/console/calendar"


def forget_2026() -> None:
    CalendarDay.objects.filter(date__year=2026).delete()
    WorkCalendar.objects.update(years=[2024, 2025], fingerprint="without 2026")
    forget_calendars()


def test_a_notice_is_previewed_then_confirmed(world: World, enter: Enter) -> None:
    forget_2026()
    client = enter("system_admin")
    first = client.get(PAGE)
    assert (first.context["year"], first.context["provisional"]) == (2026, True)
    assert "2026 年的放假通知还没有录入" in first.content.decode()
    assert "2026 年的放假通知还没有录入" in client.get("/console/start").content.decode()

    draft = client.post(f"{PAGE}/draft", {"text": NOTICE_2026})
    page = draft.content.decode()
    assert "2026年：工作日放假19天，调休上班6天" in page
    assert "1月4日 周日：元旦调休上班（原为周末休息）" in page
    assert not YearNotice.objects.exists()

    done = client.post(f"{PAGE}/notices", {"text": NOTICE_2026})
    assert done.status_code == 302
    notice = YearNotice.objects.get()
    assert (notice.year, notice.source, notice.entered_by) == (2026, "notice", "管理员小卫")
    assert notice.text == NOTICE_2026.strip()
    shown = client.get(f"{PAGE}?year=2026").content.decode()
    assert "等待重算" in shown
    assert "已录入" in shown
    again = client.post(f"{PAGE}/notices", {"text": NOTICE_2026}, follow=True)
    assert "内容完全相同" in again.content.decode()


def test_a_notice_whose_weekdays_do_not_fit_is_refused_by_name(world: World, enter: Enter) -> None:
    wrong = NOTICE_2026.replace("5月9日（周六）", "5月9日（周日）")
    before = list(CalendarDay.objects.order_by("date").values_list("date", "kind"))
    client = enter("system_admin")

    for address in ("draft", "notices"):
        answer = client.post(f"{PAGE}/{address}", {"text": wrong})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "劳动节：5月9日写的是周日，但2026年这一天是周六" in page
        assert "5月9日（周日）" in page  # what was pasted is kept
    assert list(CalendarDay.objects.order_by("date").values_list("date", "kind")) == before
    assert not YearNotice.objects.exists()


def test_days_are_changed_by_hand_after_a_look(world: World, enter: Enter) -> None:
    client = enter("system_admin")
    ticked = [
        one.day.isoformat()
        for one in client.get(f"{PAGE}?year=2026").context["shown"].days
        if one.name
    ]
    assert len(ticked) == 25
    changed = [*ticked, "2026-07-01", "2026-07-05"]

    draft = client.post(f"{PAGE}/draft", {"year": "2026", "day": changed})
    assert [one.sentence for one in draft.context["shown"].differences] == [
        "7月1日 周三：手工设定放假（原为上班）",
        "7月5日 周日：手工设定调休上班（原为周末休息）",
    ]
    client.post(f"{PAGE}/notices", {"year": "2026", "day": changed})

    found = working_time_for(None, date(2026, 7, 1))
    assert not found.is_working_day(date(2026, 7, 1))
    assert found.is_working_day(date(2026, 7, 5))
    assert found.names[date(2026, 1, 4)] == "元旦"
    assert YearNotice.objects.get().source == "hand"


@pytest.mark.parametrize("given", [{"year": "x"}, {"year": "2026", "day": ["2026-13-01"]}])
def test_days_that_cannot_be_read_change_nothing(
    world: World, enter: Enter, given: dict[str, object]
) -> None:
    client = enter("system_admin")

    assert client.post(f"{PAGE}/draft", given).status_code == 302
    assert client.post(f"{PAGE}/notices", given).status_code == 302
    assert not YearNotice.objects.exists()


def test_a_table_is_taken_and_its_bad_rows_are_named(world: World, enter: Enter) -> None:
    client = enter("system_admin")
    good = "日期,类型,名称\n2027-01-01,放假,元旦\n2027-01-03,调休,元旦\n"

    def send(text: str) -> str:
        file = SimpleUploadedFile("days.csv", text.encode())
        answer = client.post(f"{PAGE}/tables", {"file": file}, follow=True)
        return answer.content.decode()

    assert "第 4 行“2027-02-30”" in send(f"{good}2027-02-30,放假,春节\n")
    assert not YearNotice.objects.exists()
    assert "要有“日期、类型、名称”三列" in send("nonsense")
    assert "2027 年已录入" in send(good)
    assert YearNotice.objects.get().source == "table"


def test_only_the_keeper_of_the_calendar_comes_here(world: World, enter: Enter) -> None:
    client = enter("leader")

    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}/notices", {"text": NOTICE_2026}).status_code == 403
    assert not YearNotice.objects.exists()
