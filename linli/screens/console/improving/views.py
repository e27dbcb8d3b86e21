"""满意度与改进: what reporters say in every group, with how sure it is, and plain sentences about what to improve."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from linli.insight.improving.queries import improvement, sentence_for
from linli.insight.indicators.queries import DIMENSIONS
from linli.insight.indicators.rules import share
from linli.insight.periods.rules import Change, Kind
from linli.insight.periods.wording import RATE, value_words
from linli.insight.satisfaction.queries import all_opinions, opinions
from linli.insight.satisfaction.rules import FIGURES, Opinion
from linli.insight.scorecards.queries import cases_with
from linli.kernel.errors import LinliError
from linli.kernel.statistics import FEW, wilson
from linli.screens.console import labels
from linli.screens.console.figures.periods import BASES, Asked, asked, change_cell, choices
from linli.screens.console.figures.views import case_list
from linli.screens.console.menu import page
from linli.screens.shared.guard import PageRequest, needs

KINDS = (Kind.MONTH, Kind.WEEK, Kind.ASSESSMENT)
HERE = "console:improvement"
LIKED = "liked"
SHARES = ("solved", LIKED)
FIRST = "major"
NAMES: labels.Words = {
    "said": gettext_lazy("得到评价"),
    "solved": gettext_lazy("已解决"),
    "unsolved": gettext_lazy("没有完全解决"),
    "satisfied": gettext_lazy("满意"),
    "basically": gettext_lazy("基本满意"),
    "dissatisfied": gettext_lazy("不满意"),
}
SECTIONS: labels.Words = {
    "classes": gettext_lazy("居民不满意的问题"),
    "rework": gettext_lazy("返工和重办"),
    "legs": gettext_lazy("时间花在哪个环节"),
    "words": gettext_lazy("居民常说的事"),
}

WHYS: labels.Words = {
    "classes": gettext_lazy("期内回访和评价的最后一次，按不满意的件数排。"),
    "rework": gettext_lazy("核查没有通过而退回的，结案之后又办的。"),
    "legs": gettext_lazy("期内结束的环节，按自然小时计，含夜间、节假日和挂账，按总用时排。"),
    "words": gettext_lazy("三人以上说到同一件事，才列在这里。"),
}


@require_GET
@needs("cases.view")
def improvement_page(request: PageRequest) -> HttpResponse:
    """The sentences first, the table they come from below."""
    found, by = asked(request, kinds=KINDS), _dimension(request)
    sections = improvement(request.actor, window=found.windows.now, among=found.among)
    lines = opinions(request.actor, by=by, window=found.windows.now, among=found.among)
    return page(
        request,
        "console/improving/improvement.html",
        title=_("满意度与改进"),
        here=HERE,
        by=by,
        dimensions=[(code, labels.words_of(labels.DIMENSIONS, code)) for code in DIMENSIONS],
        names=NAMES,
        sections=[
            (
                SECTIONS[section.code],
                WHYS[section.code],
                [
                    {
                        "text": one.text,
                        "part": (len(one.part), _link(found, code=one.code, side="part")),
                        "whole": (len(one.whole), _link(found, code=one.code, side="whole")),
                    }
                    for one in section.sentences
                ],
            )
            for section in sections
        ],
        summary=_summary(request, found),
        rows=[_line(one, found, by) for one in lines],
        **choices(request, found, kinds=KINDS),
    )


@require_GET
@needs("cases.view")
def improvement_cases(request: PageRequest) -> HttpResponse:
    """The cases behind a number of a sentence or of the table."""
    found = asked(request, kinds=KINDS)
    code = request.GET.get("code", "")
    if code:
        one = sentence_for(request.actor, code, window=found.windows.now, among=found.among)
        ids = one.whole if request.GET.get("side") == "whole" else one.part
        title = one.text
    else:
        ids, title = _of_table(request, found)
    return case_list(request, cases_with(request.actor, ids), title, back=HERE, found=found)


def _of_table(request: PageRequest, found: Asked) -> tuple[frozenset[int], str]:
    figure, by = request.GET.get("figure", ""), _dimension(request)
    if figure not in NAMES and figure != LIKED:
        raise LinliError(_("没有这个数字，请从满意度表中点击打开。"), field="figure")
    window = found.window(request.GET.get("base", ""))
    key = request.GET.get("key")
    if key is None:
        one = all_opinions(request.actor, window=window, among=found.among)
    else:
        groups = opinions(request.actor, by=by, window=window, among=found.among)
        nothing = Opinion(key, "", *(frozenset[int]() for _number in range(4)))
        one = next((group for group in groups if group.key == key), nothing)
    name = one.name if key is not None else ""
    return getattr(one, figure), f"{window.stretch.name} {name} {NAMES.get(figure, _('满意度'))}"


def _line(one: Opinion, found: Asked, by: str) -> dict[str, Any]:
    return {
        "name": one.name or _("其他"),
        "few": len(one.said) < FEW,
        "numbers": [
            (len(getattr(one, figure)), _link(found, by=by, key=one.key, figure=figure))
            for figure in FIGURES
        ],
        "shares": [_share(one, figure) for figure in SHARES],
    }


def _share(one: Opinion, figure: str) -> dict[str, str]:
    """A share with the bounds between which that of all reporters lies."""
    part, whole = len(getattr(one, figure)), len(one.said)
    bounds = wilson(part, whole)
    return {
        "value": value_words(share(part, whole), RATE),
        "bounds": f"{100 * bounds[0]:.1f}–{100 * bounds[1]:.1f}%" if bounds else "",
    }


def _summary(request: PageRequest, found: Asked) -> list[dict[str, Any]]:
    """满意度 and 解决率 of everything, beside what they are compared with."""
    sides = [
        None if window is None else all_opinions(request.actor, window=window, among=found.among)
        for window in found.windows
    ]
    now = sides[0]
    assert now is not None, "the present period is always there"
    lines = []
    for label, figure, counted in (
        (_("解决率"), "solved", ("solved",)),
        (_("满意度"), LIKED, ("satisfied", "basically")),
    ):
        value, *bases = [
            None if one is None else share(len(getattr(one, figure)), len(one.said))
            for one in sides
        ]
        lines.append(
            {
                "label": label,
                **_share(now, figure),
                "parts": [(len(getattr(now, name)), _link(found, figure=name)) for name in counted],
                "whole": (len(now.said), _link(found, figure="said")),
                "changes": [
                    (
                        words,
                        change_cell(
                            Change(value, base),
                            RATE,
                            good=1,
                            url="" if base is None else _link(found, figure=figure, base=code),
                        ),
                    )
                    for (code, words), base in zip(BASES.items(), bases, strict=True)
                ],
            }
        )
    return lines


def _link(found: Asked, **more: str) -> str:
    return found.link("console:improvement_cases", **more)


def _dimension(request: PageRequest) -> str:
    wanted = request.GET.get("by", FIRST)
    return wanted if wanted in DIMENSIONS else FIRST
