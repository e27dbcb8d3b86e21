"""Free text of people as a field: what a row gives out is masked unless somebody may see more.

    case.title                 a `Said`
    str(case.title)            masked, as `{{ case.title }}`, f"{case.title}" and `case.title[:20]` are
    case.title.plain           as it was said: for triage, search and the reveal, never for a page

A `Said` is no string: what wants one (JSON, a cell of a file) has to say `str(…)` and gets the masked words, so a new
page that does not think of personal data is closed, not open. `row.sight` says how much the reader of this row may see;
it is set by the queries that know the reader. What may be written into a field is a string or a `Said`.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from linli.kernel.privacy.free_text import masked_words


class Sight(IntEnum):
    """How much of a row's words its reader sees: homes for those who have to go there; the rest waits for a reveal."""

    NOTHING = 0
    PLACE = 1
    """The home in the fields that say where the matter is, not the one in the words."""

    HOMES = 2


LONG = 2_000
"""Characters from which masked words are kept for a while: 200,000 cost seconds, and a page is looked at twice."""


@lru_cache(maxsize=64)
def _long(plain: str, keep_home: bool) -> str:  # noqa: FBT001 - a key of the memory
    return masked_words(plain, keep_home=keep_home)


class Said:
    """What somebody said. Two are equal when the same was said."""

    def __init__(self, plain: str, *, keep_home: bool = False) -> None:
        self.plain = plain
        self.keep_home = keep_home

    @cached_property
    def _shown(self) -> str:
        if len(self.plain) > LONG:
            return _long(self.plain, self.keep_home)
        return masked_words(self.plain, keep_home=self.keep_home)

    def __str__(self) -> str:
        return self._shown

    def __repr__(self) -> str:
        return f"Said({self._shown!r})"

    def __format__(self, shape: str) -> str:
        return format(self._shown, shape)

    def __getitem__(self, part: slice) -> str:
        return self._shown[part]

    def __bool__(self) -> bool:
        return bool(self.plain)

    def __eq__(self, other: object) -> bool:
        return self.plain == (other.plain if isinstance(other, Said) else other)

    def __hash__(self) -> int:
        return hash(self.plain)

    def __contains__(self, part: str) -> bool:
        return part in self.plain


def plain(words: Said | str) -> str:
    """As it was said."""
    return words.plain if isinstance(words, Said) else words


class _Words(DeferredAttribute):
    """The attribute of such a field: keeps the string, gives out a `Said` for the sight of its row."""

    def __get__(self, instance: models.Model | None, cls: type | None = None) -> Any:
        value = super().__get__(instance, cls)
        if instance is None or value is None or isinstance(value, Said):
            return value
        needed = Sight.PLACE if getattr(self.field, "place", False) else Sight.HOMES
        return Said(value, keep_home=getattr(instance, "sight", Sight.NOTHING) >= needed)

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value.plain if isinstance(value, Said) else value


if TYPE_CHECKING:
    _Text = models.TextField[str | Said, Said]
    _Line = models.CharField[str | Said, Said]
else:
    _Text, _Line = models.TextField, models.CharField


class _Masked:
    """What both kinds of field share. In the schema they are the ordinary ones."""

    def __init__(self, *args: Any, place: bool = False, **options: Any) -> None:
        self.place = place
        super().__init__(*args, **options)

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> Said | None:
        return None if value is None else Said(value)

    def to_python(self, value: Any) -> Any:
        field: Any = super()
        return field.to_python(plain(value))


class WordsField(_Masked, _Text):
    """Words of any length."""

    descriptor_class: type[DeferredAttribute] = _Words

    def deconstruct(self) -> Any:
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.TextField", args, options


class LineField(_Masked, _Line):
    """A line of words. `place` marks one that says where the matter is."""

    descriptor_class: type[DeferredAttribute] = _Words

    def deconstruct(self) -> Any:
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.CharField", args, options
