"""From the figures to what the templates draw: words, links, lengths of bars. A table a panel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.cases.figures import DayCount, Share
from linli.cases.models import Channel, Satisfaction
from linli.kernel.calendar.local import LOCAL, local_day
from linli.kernel.statistics import FEW
from linli.screens.board.drill import Drill
from linli.screens.board.snapshot import Ground, Line, Snapshot, Watch

FEW_PERSONS = 5
"""Fewer persons than this are not told apart on a wall."""

LOW_RATE = 80.0
"""按期处置率 below this is drawn in red; per cent."""

NEAR_EDGE, FAR_EDGE = 0.07, 0.28
"""Shares of the height that a tilted map need not show at either edge: it lies flatter than its bounds say."""

CHANNELS: dict[str, str | Promise] = {
    Channel.PHONE: gettext_lazy("电话"),
    Channel.COUNTER: gettext_lazy("窗口"),
    Channel.DOORSTEP: gettext_lazy("上门"),
    Channel.PAPER: gettext_lazy("纸质"),
    Channel.WECHAT: gettext_lazy("微信"),
    Channel.MINI_PROGRAM: gettext_lazy("小程序"),
    Channel.WEB: gettext_lazy("网页"),
    Channel.PROXY: gettext_lazy("代办"),
    Channel.HOTLINE: gettext_lazy("12345转办"),
    Channel.IOT_ALARM: gettext_lazy("物联告警"),
    Channel.PATROL: gettext_lazy("网格员巡查"),
    Channel.OPEN311: gettext_lazy("开放接口"),
}
VOICES: dict[str, str | Promise] = {
    Satisfaction.SATISFIED: gettext_lazy("满意"),
    Satisfaction.BASICALLY_SATISFIED: gettext_lazy("基本满意"),
    Satisfaction.DISSATISFIED: gettext_lazy("不满意"),
}


@dataclass(frozen=True)
class Figure:
    """A number with its name; `url` opens its list, `meaning` says what is counted, `most` the longest bar."""

    key: str
    label: str
    value: str
    url: str = ""
    meaning: str = ""
    alert: bool = False
    n: float = 0
    most: float = 0
    beside: str = ""


def persons(n: int) -> str:
    """A number of persons; small ones are not told."""
    return f"<{FEW_PERSONS}" if n < FEW_PERSONS else str(n)


def headline(found: Snapshot, drill: Drill) -> list[Figure]:
    """今日上报, 立案, 处置, 结案, 超时."""
    today, day = found.today, drill.today
    return [
        Figure("reported", _("今日上报"), str(today.reported), drill.cases(opened_from=day),
               _("今天零时以来新开的案件")),
        Figure("registered", _("今日立案"), str(today.registered), drill.cases(registered_on=day),
               _("今天立案的案件")),
        Figure("fed-back", _("今日处置"), str(today.fed_back), drill.cases(fed_back_on=day),
               _("今天处置反馈的案件，返工再反馈只算一件")),
        Figure("closed", _("今日结案"), str(today.closed), drill.cases(closed_on=day),
               _("今天核查通过并结案的案件")),
        Figure("overdue", _("当前超时"), str(found.open.overdue), drill.cases(overdue_at=drill.asof),
               _("现在还没有办完、当前环节已过时限的案件"), alert=found.open.overdue > 0),
    ]  # fmt: skip


def ground(found: Snapshot, drill: Drill) -> list[Figure]:
    """辖区概况: only what there is."""
    lying = found.ground
    numbers = (
        ("communities", _("社区"), len(lying.communities)),
        ("grids", _("网格"), lying.grids),
        ("buildings", _("楼栋"), lying.buildings),
        ("dwellings", _("房屋"), lying.dwellings),
    )
    figures = [Figure(key, label, f"{n:,}", drill.places) for key, label, n in numbers if n]
    on_duty = persons(found.workers_on_duty)
    return [*figures, Figure("on-duty", _("网格员在岗"), on_duty, drill.places)]


def in_hand(found: Snapshot | Watch, drill: Drill) -> list[Figure]:
    """在办案件 by how their clock stands."""
    now = found.open
    return [
        Figure("open", _("在办"), str(now.total), drill.cases(open=1)),
        Figure("near-due", _("即将超时"), str(now.near_due), drill.cases(yellow_at=drill.asof)),
        Figure("urgent", _("急件"), str(now.urgent), drill.cases(open=1, urgent=1)),
        Figure("unowned", _("无人负责"), str(now.unowned), drill.cases(unowned=1),
               alert=now.unowned > 0),
    ]  # fmt: skip


def map_bounds(lying: Ground) -> str:
    """What the map shows first, as its `bounds`; empty when nothing is drawn yet."""
    if lying.bounds is None:
        return ""
    west, south, east, north = lying.bounds
    high = north - south
    return f"{west:.6f},{south + high * NEAR_EDGE:.6f},{east:.6f},{north - high * FAR_EDGE:.6f}"


def channels(found: Snapshot, drill: Drill) -> list[Figure]:
    """诉求来源 of the month."""
    most = max((n for _code, n in found.channels), default=0)
    return [
        Figure(f"channel-{code}", str(CHANNELS.get(code, code)), str(n),
               drill.cases(channel=code, opened_from=drill.month), n=n, most=most)
        for code, n in found.channels
    ]  # fmt: skip


def classes(found: Snapshot, drill: Drill) -> list[Figure]:
    """类别 Top10 of the month."""
    most = max((n for _pk, _name, n in found.classes), default=0)
    return [
        Figure(f"class-{pk}", name, str(n), drill.cases(category=pk, opened_from=drill.month),
               n=n, most=most)
        for pk, name, n in found.classes
    ]  # fmt: skip


def shares(found: Snapshot, drill: Drill) -> list[dict[str, Any]]:
    """按期处置率 by community: the rate opens what was due, 未按期 what was late."""
    names = found.ground.communities
    rows = [
        _share(pk, names[pk], found.shares.get(pk, Share(0, 0)), drill)
        for pk in names
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row["rate"] is None, -(row["rate"] or 0), row["label"]))


def _share(pk: int, name: str, share: Share, drill: Drill) -> dict[str, Any]:
    late = share.due - share.on_time
    return {
        "key": f"share-{pk}",
        "label": name,
        "rate": share.rate,
        "words": "—" if share.rate is None else f"{share.rate:.1f}%",
        "low": share.rate is not None and share.rate < LOW_RATE,
        "due": share.due,
        "late": late,
        "due_url": drill.cases(to_handle_at=drill.asof, community=pk),
        "late_url": drill.cases(handled_late_at=drill.asof, community=pk),
    }


def voices(found: Snapshot, drill: Drill) -> dict[str, Any]:
    """评价 of the month: 满意率 with its number of voices."""
    said = found.voices
    numbers = {code: getattr(said, code) for code in VOICES}
    return {
        "rate": said.rate,
        "words": "—" if said.rate is None else f"{said.rate:.1f}%",
        "total": said.total,
        "few": 0 < said.total < FEW,
        "url": drill.cases(rated_from=drill.month),
        "rows": [
            Figure(f"voice-{code}", str(VOICES[code]), str(n),
                   drill.cases(satisfaction=code, rated_from=drill.month), n=n, most=said.total)
            for code, n in numbers.items()
        ],
    }  # fmt: skip


def trend(found: Snapshot, drill: Drill, *, days: int) -> dict[str, Any]:
    """上报 and 结案 a day: `chart` for the drawing, `rows` for the table under it."""
    rows = found.trend[-days:]
    reported = [drill.opened_on(row.day) for row in rows]
    closed = [drill.cases(closed_on=row.day.isoformat()) for row in rows]
    return {
        "chart": {
            "kind": "line",
            "labels": [_short(row) for row in rows],
            "series": [
                {"name": _("上报"), "values": [row.reported for row in rows], "links": reported},
                {"name": _("结案"), "values": [row.closed for row in rows], "links": closed},
            ],
            "unit": "",
        },
        "rows": list(zip(rows, reported, closed, strict=True)),
    }


def _short(row: DayCount) -> str:
    return f"{row.day.month}-{row.day.day:02d}"


def lines(rows: list[Line], drill: Drill, *, asof: datetime) -> list[dict[str, Any]]:
    """Rows of a list of cases. A confidential one has no words, no stage and no link; one not accepted yet no words."""
    return [
        {
            "key": f"case-{row.number}",
            "clock": _clock(row.at, asof),
            "class_name": row.class_name or _("待分类"),
            "words": row.words or _("尚未受理"),
            "place": row.place,
            "stage": "" if row.confidential else row.stage,
            "due_at": row.due_at,
            "url": "" if row.confidential else drill.case(row.number),
            "confidential": row.confidential,
        }
        for row in rows
    ]


def _clock(at: datetime, asof: datetime) -> str:
    local = at.astimezone(LOCAL)
    return f"{local:%H:%M}" if local.date() == local_day(asof) else f"{local:%m-%d}"
