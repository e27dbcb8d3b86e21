"""Matters of any kind on the phone: which moves it offers, the form of each, and what it is about.

Everything comes from the flow: `phone_form` names the fields. A kind adds makers for the fields only it has, and the
lines that say what it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from linli.inspections.flow import INSPECTION, SEE
from linli.inspections.models import Inspection
from linli.inspections.queries import findings_of
from linli.kernel.acting import Actor
from linli.kernel.calendar.local import LOCAL
from linli.kernel.errors import NotFound
from linli.kernel.matters.facts import Facts
from linli.kernel.matters.flow import Flow, Move
from linli.kernel.matters.kinds import Kind, kind_of
from linli.kernel.matters.models import Matter
from linli.screens.field.views_case import watermark_of
from linli.screens.shared import inspection_forms
from linli.screens.shared.guard import PageRequest
from linli.screens.shared.inspection_forms import given_facts
from linli.screens.shared.matter_forms import Maker, add_fields, photo_names
from linli.screens.shared.numbers import whole_number
from linli.screens.shared.uploads import Photos, take_photos
from linli.whistles.flow import LEG, PART_NAMES, WhistlePart
from linli.whistles.models import WhistleLeg

MAKERS: Mapping[str, Callable[[Move], Mapping[str, Maker]]] = {
    INSPECTION.code: inspection_forms.makers_of
}
SEEN = {INSPECTION.code: SEE, LEG.code: "whistle.view"}
"""The right with which a kind is looked at; a kind without one has no page on the phone."""


def _about_leg(leg: WhistleLeg) -> list[tuple[str, str]]:
    whistle, part, meeting = leg.whistle, PART_NAMES[WhistlePart(leg.part)], ""
    if whistle.meet_at:
        meeting = f"{whistle.meet_at.astimezone(LOCAL):%m-%d %H:%M} {whistle.meet_place}"
    return [
        (_("情况说明"), whistle.background),
        (_("网格"), "".join(area.name for area in (leg.community, leg.grid) if area)),
        (_("地点"), whistle.address),
        (_("分工"), " · ".join(word for word in (_(part), leg.task) if word)),
        (_("会商"), meeting),
        (_("处置方案"), whistle.plan),
    ]


def _about_inspection(one: Inspection) -> list[tuple[str, str]]:
    found = "；".join(item.text for item in findings_of(one))
    return [
        (_("类型"), _(one.site.kind.name)),
        (_("地点"), one.site.where),
        (_("发现的隐患"), found),
        (_("整改时限"), one.limit),
    ]


ABOUT: Mapping[str, Callable[[Any], list[tuple[str, str]]]] = {
    LEG.code: _about_leg,
    INSPECTION.code: _about_inspection,
}


class MatterForm(forms.Form):
    """The form of a move, as `phone_form` has it. `version` is the version of the matter the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, kind: Kind, move: Move, matter: Matter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = matter.version
        self._facts = kind.facts
        makers = MAKERS[kind.code](move) if kind.code in MAKERS else {}
        add_fields(self, move.phone_form or "", matter, kind.flow, makers)

    def facts(self, photos: Mapping[str, Photos]) -> Facts:
        """What the person gave, for `make_move`."""
        pictures = {name: one.ids for name, one in photos.items()}
        return self._facts(**{**given_facts(self.cleaned_data), **pictures})


def matter_for(actor: Actor, code: str, matter_id: str | int) -> tuple[Kind, Any]:
    """The kind and the matter with this id, if the actor may see it.

    Raises:
        NotFound: no such kind on the phone, no such matter, or out of the actor's scope.
    """
    kind, found, row_id = kind_of(code), None, whole_number(str(matter_id))
    if code in SEEN and kind.seen is not None and row_id is not None:
        rows = kind.seen(actor, SEEN[code]).select_related(
            *kind.related, "owner", "community", "grid"
        )
        found = rows.filter(pk=row_id).first()
    if found is None:
        raise NotFound("没有找到这个事项，或不在您的管辖范围内。", field="number")
    return kind, found


def phone_move(kind: Kind, code: str) -> Move:
    """The move of a flow with this code.

    Raises:
        NotFound: there is no such move on the phone.
    """
    move = kind.flow.move.get(code)
    if move is None or move.phone_form is None:
        raise NotFound("没有这个操作，请回到事项页面重新选择。", field="move")
    return move


def take_matter_photos(request: PageRequest, matter: Matter, move: Move) -> dict[str, Photos]:
    """Pictures of every field of the move; what must be there and is not, is said."""
    grid = matter.grid.name if matter.grid else ""
    line = watermark_of(request, dict(ABOUT[_code(matter)](matter)).get(_("地点"), ""), grid)
    wanted = photo_names(move.phone_form or "")
    photos = {name: take_photos(request, name, line=line) for name in wanted}
    return {
        name: one.refused(_("请至少拍一张。"))
        if wanted[name] and not one.files and not one.error
        else one
        for name, one in photos.items()
    }


def name_of(flow: Flow) -> str:
    """What a kind is called in a list; a leg is known as the whistle it belongs to."""
    return _("吹哨") if flow is LEG else _(flow.name)


def _code(matter: Matter) -> str:
    return INSPECTION.code if isinstance(matter, Inspection) else LEG.code
