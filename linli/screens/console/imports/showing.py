"""How every import shows what became of a file: the same figures, notes and refused rows on every page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from linli.kernel.access.importing import MADE
from linli.kernel.people.importing import POSTED
from linli.kernel.tables.results import Imported

TABLE_FILES = ".csv,.txt,.tsv,.xlsx,.xls,.ods"
"""What a person may choose as a table."""

MOST_NOTES = 20
"""Notes on a page; a file with more of them is better read than noted."""


@dataclass(frozen=True)
class Figure:
    """A number with what it counts; `alert` when somebody has to look."""

    number: int
    label: str
    alert: bool = False


@dataclass(frozen=True)
class Shown:
    """An import as `console/imports/_result.html` shows it."""

    imported: Imported
    figures: list[Figure]

    @property
    def notes(self) -> list[str]:
        notes = self.imported.notes
        left = len(notes) - MOST_NOTES
        more = [_("还有 %(n)d 条说明没有列出。") % {"n": left}] if left > 0 else []
        return [*notes[:MOST_NOTES], *more]

    @property
    def unlisted(self) -> int:
        """Refused rows that the table leaves out."""
        return self.imported.refused_count - len(self.imported.listed)


def shown_as(kind: str, imported: Imported) -> Shown:
    """An import of one of the kinds that may go on in the background."""
    words: dict[str, tuple[str, dict[str, str], str]] = {
        "reports": (_("新登记"), {}, _("以前收过")),
        "staff": (_("新增人员"), {POSTED: _("安排网格")}, ""),
        "posts": (_("给岗位"), {MADE: _("新开账号")}, ""),
    }
    stored, more, known = words[kind]
    return shown(imported, stored=stored, more=more, known=known)


def shown(
    imported: Imported, *, stored: str, more: Mapping[str, str] | None = None, known: str = ""
) -> Shown:
    """`stored` and `known` are what this import calls them, `more` the words for what else it counts."""
    figures = [
        Figure(imported.read, _("读到的行")),
        Figure(imported.stored, stored),
        *(Figure(imported.more.get(name, 0), words) for name, words in (more or {}).items()),
        Figure(imported.known, known or _("以前已有")),
        Figure(imported.refused_count, _("没有收"), alert=bool(imported.refused)),
    ]
    return Shown(imported, figures)
