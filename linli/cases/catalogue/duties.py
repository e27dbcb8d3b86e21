"""The duty catalogue (派单目录) and the list of the communities (社区准入清单): what is kept, the first as a file too.

A line of the file names a class, perhaps an area, and the unit, each by its code; names stand beside the codes for
people and are not read. Example: E0111 积存垃圾渣土 | 990101001001 槐树里社区 | CG 城管队.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import xlsxwriter
from django.db.models import Q, QuerySet

from linli.cases.models import Category, CommunityListEntry, DutyEntry
from linli.kernel.acting import Actor
from linli.kernel.errors import LinliError, NotAllowed
from linli.kernel.organisations.models import Organization
from linli.kernel.places.models import Area
from linli.kernel.tables.columns import Layout
from linli.kernel.tables.reading import BadRow, Row, read_table
from linli.kernel.tables.results import Refusal

MAY_READ = ("cases.settings", "cases.dispatch")
MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 10_000
"""Lines of one file; classes times areas of a district come to a tenth of it."""

COLUMNS = ("类别编码", "类别", "辖区编码", "辖区", "单位编码", "单位")
WIDTHS = (14, 24, 20, 18, 16, 26)
DUTIES = Layout(
    "派单目录",
    {
        "category": ("类别编码", "小类编码", "类别代码", "小类代码", "category"),
        "area": ("辖区编码", "区域编码", "网格编码", "area"),
        "unit": ("单位编码", "单位代码", "承办单位编码", "organization"),
    },
    needed=(("category",), ("unit",)),
)


class BadDuties(LinliError):
    """A catalogue or list that cannot be kept (field says why)."""

    status = 422
    code = "bad_duties"


@dataclass(frozen=True)
class DutyRow:
    """A good line of a file, with the ids of what it names."""

    number: int
    category_id: int
    area_id: int | None
    organization_id: int


@dataclass(frozen=True)
class DutySheet:
    """What is in a file: every row of it is in `rows` or in `refused`."""

    rows: Sequence[DutyRow]
    refused: Sequence[Refusal]
    notes: Sequence[str]
    complete: bool


def duties_for(
    actor: Actor,
    *,
    on: date,
    words: str = "",
    organization: int | None = None,
    ended: bool = False,
) -> QuerySet[DutyEntry]:
    """The catalogue by class and area: what is in force on a day or will be, with `ended` all there ever was.

    Raises:
        NotAllowed: the actor neither dispatches nor keeps the settings.
    """
    _check(actor)
    rows = DutyEntry.objects.select_related("category", "area", "organization")
    if not ended:
        rows = rows.filter(Q(valid_until=None) | Q(valid_until__gte=on))
    if words:
        rows = rows.filter(
            Q(category__name__contains=words)
            | Q(category__code__startswith=words)
            | Q(organization__name__contains=words)
            | Q(area__name__contains=words)
        )
    if organization is not None:
        rows = rows.filter(organization_id=organization)
    return rows.order_by("category__code", "area__code", "-valid_from", "-id")


def listed_for(
    actor: Actor, *, on: date, words: str = "", ended: bool = False
) -> QuerySet[CommunityListEntry]:
    """The list of the communities by class, see `duties_for`."""
    _check(actor)
    rows = CommunityListEntry.objects.select_related("category")
    if not ended:
        rows = rows.filter(Q(valid_until=None) | Q(valid_until__gte=on))
    if words:
        rows = rows.filter(Q(category__name__contains=words) | Q(article__contains=words))
    return rows.order_by("category__code", "-valid_from", "-id")


def classes_without_duty(actor: Actor, *, on: date) -> list[Category]:
    """Classes in use for which no unit in use is responsible on a day."""
    covered = duties_for(actor, on=on).filter(valid_from__lte=on, organization__retired_at=None)
    rows = Category.objects.filter(retired_at=None)
    return list(rows.exclude(pk__in=covered.order_by().values("category_id")).order_by("code"))


def read_duties(name: str, content: bytes) -> DutySheet:
    """The lines of a file.

    Raises:
        UnreadableTable, BadDuties: it is no table, too large, or has no column for the class or the unit.
    """
    if len(content) > MOST_BYTES:
        raise BadDuties("文件超过 5 MB，不像派单目录，请检查后再传。", field="file")
    table = read_table(name, content, DUTIES)
    if table.size > MOST_ROWS:
        raise BadDuties(f"有 {table.size} 行，最多 {MOST_ROWS} 行。", field="file")
    known = _Known()
    rows: list[DutyRow] = []
    refused = [*table.refused]
    first: dict[tuple[int, int | None], int] = {}
    for line in table.rows:
        try:
            found = known.row(line)
        except BadRow as bad:
            refused.append(bad.refusal)
            continue
        at = first.setdefault((found.category_id, found.area_id), line.number)
        if at != line.number:
            words = f"与第 {at} 行的类别和辖区相同，一个辖区只能有一个承办单位"
            refused.append(line.refusal("category", words))
        else:
            rows.append(found)
    return DutySheet(rows, refused, table.notes, table.complete)


def write_duties(entries: Iterable[DutyEntry]) -> bytes:
    """An xlsx that `read_duties` takes back."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("派单目录")
    head = book.add_format({"bold": True, "bg_color": "#E3F0F2"})
    plain = book.add_format({"num_format": "@"})
    for column, (title, width) in enumerate(zip(COLUMNS, WIDTHS, strict=True)):
        sheet.set_column(column, column, width, plain)
        sheet.write_string(0, column, title, head)
    for line, entry in enumerate(entries, start=1):
        area, unit = entry.area, entry.organization
        cells = (
            entry.category.code, entry.category.name, area.code if area else "", area.name if area else "",
            unit.code, unit.name,
        )  # fmt: skip
        for column, text in enumerate(cells):
            sheet.write_string(line, column, text, plain)
    sheet.freeze_panes(1, 0)
    book.close()
    return out.getvalue()


class _Known:
    """Ids by code of everything a line may name."""

    def __init__(self) -> None:
        self._classes = dict(Category.objects.filter(retired_at=None).values_list("code", "pk"))
        self._areas = dict(Area.objects.filter(retired_at=None).values_list("code", "pk"))
        self._units = dict(Organization.objects.filter(retired_at=None).values_list("code", "pk"))

    def row(self, line: Row) -> DutyRow:
        """Raises `BadRow`: a code is missing or names nothing in use."""
        given = {name: line.key(name) for name in DUTIES.columns}
        category = self._classes.get(given["category"])
        area = self._areas.get(given["area"])
        unit = self._units.get(given["unit"])
        if category is None:
            raise _unknown(line, "category", given, "没有这个类别，或已停用")
        if given["area"] and area is None:
            raise _unknown(line, "area", given, "没有这个辖区，或已撤销")
        if unit is None:
            raise _unknown(line, "unit", given, "没有这个单位，或已停用")
        return DutyRow(line.number, category, area, unit)


def _unknown(line: Row, name: str, given: dict[str, str], reason: str) -> BadRow:
    return BadRow(line.refusal(name, reason if given[name] else "没有填写"))


def _check(actor: Actor) -> None:
    if not any(actor.may(right) for right in MAY_READ):
        raise NotAllowed("您的岗位不能查看派单目录，请联系系统管理员。")
