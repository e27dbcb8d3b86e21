"""What the style guide shows: made-up words in normal, empty and overfull state. Nothing else uses it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString

from .labels import LIGHT_WORDS, RATINGS, STAGES

SURFACES = {
    "console": "shared/style_guide.html",
    "phone": "shared/style_guide_phone.html",
    "board": "shared/style_guide_board.html",
}
NOW = datetime(2026, 3, 6, 6, 5, tzinfo=UTC)
LONG = (
    "槐树里社区槐树路与丁香胡同交叉口东北角公交站牌后方人行道上的雨水箅子破损下陷并且周边地砖松动"
    "，老人推小车经过时轮子会卡住，下雨天积水没过脚面"
)
ICONS = (
    "linli report camera location phone check check-circle clock alert info list map user users bell search filter "
    "export import print back next previous plus minus close edit history star thumbs-up thumbs-down merge split send "
    "refresh settings home elder microphone speaker sun wifi-off upload lock key building grid whistle shield menu "
    "globe logout chart document calendar vote heart qr eye trash fullscreen"
).split()


class Row(NamedTuple):
    number: str
    title: str
    place: str
    stage: str
    org: str
    due: datetime
    started: datetime
    light: str


class SampleForm(forms.Form):
    """One field of every kind."""

    title = forms.CharField(
        label="标题", max_length=60, help_text="一句话说清什么东西、在哪里、怎么了。"
    )
    category = forms.ChoiceField(label="类别", choices=[("", "请选择"), ("water", "供水管道破裂")])
    due = forms.DateField(label="办结日期", widget=forms.DateInput(attrs={"type": "date"}))
    body = forms.CharField(label="经过", max_length=5_000, widget=forms.Textarea, required=False)
    urgency = forms.ChoiceField(
        label="紧急程度",
        widget=forms.RadioSelect,
        choices=[("normal", "一般"), ("urgent", "急要件"), ("later", "可以缓办")],
        initial="normal",
    )
    confidential = forms.BooleanField(
        label="请为我保密，不向承办单位透露姓名和电话", required=False
    )


def style_guide_context(surface: str) -> dict[str, Any]:
    """Everything the guide of one surface needs; the same keys for all, so that a test can walk them."""
    wrong = SampleForm({"title": "", "category": "water", "due": "昨天", "urgency": "normal"})
    wrong.is_valid()
    return {
        "page_title": {
            "console": "样式手册",
            "phone": "样式手册",
            "board": "槐树里街道基层治理一屏统览",
        }[surface],
        "now": NOW,
        "demo_data": True,
        "surface": surface,
        "icons": ICONS,
        "lights": LIGHT_WORDS,
        "stages": list(STAGES),
        "ratings": RATINGS,
        "form": SampleForm(),
        "wrong_form": wrong,
        "rows": _rows(),
        "long": LONG,
        "moves": _moves(),
        "photos": _photos(),
        "empty": [],
        "pager": {
            "previous_url": "",
            "next_url": "?after=20",
            "total": 10001,
            "capped": True,
            "size": 20,
            "sizes": [{"n": n, "url": f"?size={n}"} for n in (10, 20, 50, 100)],
        },
        "step_times": [NOW - timedelta(hours=n) for n in (30, 26, 3)],
        "charts": {
            name: {"option": chart, "rows": _table(chart)} for name, chart in _charts().items()
        },
        "counters": zip(
            ("待办", "待核实", "待核查", "待走访", "待巡查", "即将超时"),
            (12, 3, 5, 128, 0, 2),
            strict=True,
        ),
        "rings": [("响应率", "99.2", 4.1), ("解决率", "91.7", -0.6), ("满意率", "95.3", 1.2)],
        "headline": _headline(),
        **_frame(surface),
    }


def _frame(surface: str) -> dict[str, Any]:
    return _phone_frame() if surface == "phone" else _console_frame()


def _phone_frame() -> dict[str, Any]:
    tabs = [
        ("首页", "home", 0),
        ("信息采集", "building", 0),
        ("工作", "list", 12),
        ("我的", "user", 0),
    ]
    return {
        "elder_switch": True,
        "back_url": "?surface=console",
        "plus_url": "#plus",
        "tabs": [
            {"label": a, "url": "#", "icon": b, "badge": n, "current": a == "首页"}
            for a, b, n in tabs
        ],
    }


def _console_frame() -> dict[str, Any]:
    groups: list[tuple[str, list[tuple[str, str, int]]]] = [
        ("", [("工作台", "home", 0)]),
        (
            "案件",
            [
                ("接单中心", "report", 128),
                ("派遣", "send", 6),
                ("督办催办", "alert", 2),
                ("吹哨", "whistle", 0),
            ],
        ),
        (
            "辖区",
            [("一张图", "map", 0), ("网格", "grid", 0), ("队伍与值班排班情况汇总", "users", 0)],
        ),
        (
            "管理",
            [("立案标准", "document", 0), ("时限与节假日", "calendar", 0), ("审计", "shield", 0)],
        ),
    ]
    return {
        "workspaces": [
            {"label": label, "url": "#", "icon": icon, "current": label == "办件"}
            for label, icon in (("办件", "list"), ("研判", "chart"), ("积分志愿", "heart"))
        ],
        "menu": [
            {
                "label": label,
                "items": [
                    {
                        "label": a,
                        "url": "#",
                        "icon": b,
                        "badge": n,
                        "alert": n == 2,
                        "current": a == "接单中心",
                    }
                    for a, b, n in items
                ],
            }
            for label, items in groups
        ],
        "breadcrumb": [{"label": "工作台", "url": "/"}, {"label": "样式手册"}],
        "place_name": "槐树里街道",
        "search_url": "#",
        "bell_url": "#",
        "unread_count": 128,
        "account_name": "受理员小周",
        "account_role": "受理员",
        "account_menu": [{"label": "我的账号", "url": "#", "icon": "user"}],
        "logout_url": "#",
    }


def _rows() -> list[Row]:
    hours = timedelta(hours=1)
    start = NOW - 10 * hours
    return [
        Row(
            "AJ260306000128",
            "楼道水管漏水，台阶结冰",
            "春晓苑3幢",
            "handling",
            "和风物业",
            NOW + 27 * hours,
            start,
            "",
        ),
        Row(
            "AJ260306000127", "井盖缺失", "槐树路12号", "to_sign", "市政所", NOW + hours, start, ""
        ),
        Row(
            "AJ260305000981",
            LONG,
            "槐树路与丁香胡同交叉口",
            "to_check",
            "街道城管办",
            NOW - 2 * hours,
            start,
            "",
        ),
        Row(
            "AJ260301000007",
            "小广告",
            "丁香胡同",
            "to_dispatch",
            "—",
            NOW + 90 * hours,
            start,
            "blue",
        ),
        Row("AJ260228000455", "路灯不亮", "槐树里广场", "closed", "市政所", NOW, start, "grey"),
    ]


def _moves() -> list[dict[str, Any]]:
    def move(hours: float, who: str, what: str, **more: Any) -> dict[str, Any]:
        return {"at": NOW - timedelta(hours=hours), "who": who, "what": what, **more}

    return [
        move(
            0.5,
            "张工",
            "处置反馈",
            org="和风物业",
            words="已更换三楼立管闸阀，清理结冰台阶，撒防滑沙。",
            photos=_photos()[:2],
        ),
        move(20, "系统", "处置时限过半提醒", warning=True),
        move(
            26,
            "受理员小周",
            "派遣给和风物业",
            words="派单依据：类别“供水管道破裂”+ 春晓苑，职责清单第 14 条。",
        ),
        move(30, "王奶奶", "上报（电话）"),
    ]


def _photos() -> list[dict[str, str]]:
    words = ("处置前", "处置后", LONG)
    return [{"url": f"/style-guide/photo/{n}.svg", "label": label} for n, label in enumerate(words)]


def photo(n: int) -> SafeString:
    """A drawn stand-in for a photograph."""
    tones = ("#8aa3ad", "#b9a98c", "#7d9b86")
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 240"><rect width="240" height="240" fill="{}"/>'
        '<path d="M0 190 90 100l50 50 40-40 60 70v60H0z" fill="#fff" fill-opacity=".45"/>'
        '<circle cx="180" cy="60" r="22" fill="#fff" fill-opacity=".6"/></svg>',
        tones[n % len(tones)],
    )


def _charts() -> dict[str, Any]:
    days = [f"3月{n}日" for n in range(1, 8)]
    kinds = [
        "乱堆物堆料",
        "非法小广告",
        "道路不洁",
        "垃圾满溢",
        "噪音扰民",
        "井盖",
        "路灯",
        "积水",
        "犬只",
        "其他",
    ]
    return {
        "line": {
            "kind": "line",
            "labels": days,
            "unit": "件",
            "series": [
                {"name": "上报", "values": [42, 51, 38, 60, 71, 33, 29]},
                {"name": "结案", "values": [40, 44, 45, 52, 66, 41, 30]},
            ],
        },
        "across": {
            "kind": "bar-across",
            "labels": kinds,
            "unit": "件",
            "series": [{"name": "件数", "values": [212, 187, 143, 99, 87, 64, 51, 40, 22, 9]}],
        },
        "donut": {
            "kind": "donut",
            "labels": ["电话", "小程序", "网格巡查", "12345转办", "窗口"],
            "unit": "件",
            "series": [{"name": "来源", "values": [120, 96, 210, 64, 31]}],
        },
        "bar": {
            "kind": "bar",
            "labels": ["槐树里", "丁香", "春晓", "和风", "望河"],
            "unit": "%",
            "series": [{"name": "按期处置率", "values": [98.1, 93.4, 88.0, 96.6, 91.2]}],
        },
    }


def _table(chart: dict[str, Any]) -> list[tuple[str, list[float]]]:
    columns = [one["values"] for one in chart["series"]]
    return [(label, [column[n] for column in columns]) for n, label in enumerate(chart["labels"])]


def _headline() -> list[dict[str, Any]]:
    figures = [("今日上报", 86), ("立案", 74), ("处置中", 51), ("结案", 69), ("超时", 3)]
    return [{"label": label, "value": value, "alert": label == "超时"} for label, value in figures]
