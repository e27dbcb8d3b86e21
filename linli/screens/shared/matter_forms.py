"""The form of a move, made from the flow: `Move.form` names its fields in order, a maker per name makes each field.

What every kind of matter asks for in the same way has its maker here; a kind adds makers for its own fields.
Example: "place lon lat photo_arrival*" asks for a place in words, a position, and a picture that must be there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from linli.kernel.matters.flow import Flow
from linli.kernel.matters.models import Matter

Maker = Callable[[str, Any], forms.Field]
"""(name of the field, the matter) -> the field; whether it must be filled in is set afterwards."""

NOTE_MOST = 2_000
MARKS = [(mark, str(mark)) for mark in range(1, 6)]


def fields_of(form: str) -> list[tuple[str, bool]]:
    """(name, whether it must be filled in) of a form as the flow writes it."""
    return [(name.removesuffix("*"), name.endswith("*")) for name in form.split()]


def photo_names(form: str) -> dict[str, bool]:
    """The pictures among the fields, and whether one must be there."""
    return {name: required for name, required in fields_of(form) if name.startswith("photo_")}


def add_fields(
    to: forms.Form, form: str, matter: Matter, flow: Flow, makers: Mapping[str, Maker]
) -> None:
    """Put the fields of a move into a form; those without a maker (pictures on the phone) are left out."""
    for name, required in fields_of(form):
        maker = makers.get(name) or MAKERS.get(name)
        if maker is None:
            continue
        field = maker(name, matter)
        # Pictures are taken apart from the form, so that they outlive an error; the move asks for them.
        if name.startswith("photo_"):
            field.widget.is_required = required
        else:
            field.required = required
        if field.label is None:
            field.label = _(flow.fact_names.get(name, name))
        to.fields[name] = field


def text(label: Any = None, *, most: int = NOTE_MOST, help_text: Any = "") -> forms.Field:
    """Several lines of words."""
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, widget=widget, max_length=most, help_text=help_text)


def mark(name: str, matter: Matter) -> forms.Field:
    """A mark from 1 to 5."""
    return forms.TypedChoiceField(choices=MARKS, coerce=int, widget=forms.RadioSelect)


def _position(most: int) -> Maker:
    return lambda name, matter: forms.FloatField(
        widget=forms.HiddenInput, min_value=-most, max_value=most
    )


MAKERS: dict[str, Maker] = {
    "note": lambda name, matter: text(),
    "public_reply": lambda name, matter: text(
        _("公开答复"), help_text=_("上报人会看到这段话，请不要写姓名和电话。")
    ),
    "place": lambda name, matter: forms.CharField(
        label=_("到场地点"), max_length=200, help_text=_("手机定位后可以不写。")
    ),
    "lon": _position(180),
    "lat": _position(90),
}
