"""What a sheet would change: the present standards beside its rows.

A row is known by its class and its 立案条件. Same values: unchanged. Other values: the old version ends the day before
the new one begins. A row the sheet does not have is listed and stays, unless somebody asks that it end too; that is
possible only for a kind the sheet has, and has without an error: a row that could not be read is not one that is gone.

No version begins before the one it follows, and nothing in force is changed in the past: what was told to a resident
under the old limit stays true.

Pure: plain values in, a plan out. Applying the sheet of a plan that was carried out gives a plan with nothing to do.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, replace
from datetime import date, timedelta

from linli.cases.catalogue.standards import codes
from linli.cases.catalogue.standards.columns import TITLES, VALUES, tidy
from linli.cases.catalogue.standards.rows import Options, Reading, RowError, StandardRow
from linli.cases.catalogue.standards.sheet import read_limit
from linli.kernel.calendar.errors import UnclearLimit
from linli.kernel.places.codes import next_extended_minor

VALID_FROM = "生效日期"
_YES = {True: "是", False: "否"}
_EXACT = Options(pattern=codes.parse_pattern(codes.DEFAULT_PATTERN))


@dataclass(frozen=True)
class PresentClass:
    """A class as it is kept; `minor_code` is empty for one that has a major class only."""

    code: str
    kind: str
    major_code: str
    major_name: str
    minor_code: str
    name: str
    custom: bool
    retired: bool


@dataclass(frozen=True)
class PresentRow:
    """The newest version of a row: the one without an end. `values` by the names of `VALUES`."""

    row_id: int
    code: str
    class_name: str
    filing_condition: str
    values: Mapping[str, str]
    valid_from: date


@dataclass(frozen=True)
class Present:
    """Everything a sheet is laid beside. `ended` is the last day of the newest closed version, by (code, 立案条件)."""

    classes: Mapping[str, PresentClass]
    rows: tuple[PresentRow, ...]
    ended: Mapping[tuple[str, str], date]

    @property
    def fingerprint(self) -> str:
        """Changes when anything here changes; 64 hexadecimal digits."""
        facts = [
            [astuple(one) for one in self.classes.values()],
            [astuple(one) for one in self.rows],
            sorted((*key, day) for key, day in self.ended.items()),
        ]
        return hashlib.sha256(json.dumps(facts, default=str).encode()).hexdigest()


@dataclass(frozen=True)
class FieldChange:
    """One value of a row or a class, before and after; `title` is the column."""

    title: str
    before: str
    after: str


@dataclass(frozen=True)
class Added:
    """A row that is new. `code` is its class, numbered by now if the sheet left that to us."""

    code: str
    row: StandardRow


@dataclass(frozen=True)
class Changed:
    """A row with other values than the present one; `present` ends, `values` begin."""

    present: PresentRow
    row: StandardRow
    values: Mapping[str, str]
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class ClassChange:
    """A class as it will be called, with what that changes; `revived` if it was retired until now."""

    code: str
    major_name: str
    name: str
    custom: bool
    revived: bool
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class Plan:
    """What applying would do.

    `refused` are rows the day of beginning does not allow. Of the `missing` rows the `removable` may be ended; `absent`
    are classes of which the sheet has no row. `numbered` are names of classes by the codes issued now.
    """

    added: tuple[Added, ...]
    changed: tuple[Changed, ...]
    unchanged: tuple[PresentRow, ...]
    missing: tuple[PresentRow, ...]
    removable: tuple[PresentRow, ...]
    absent: frozenset[str]
    refused: tuple[RowError, ...]
    new_classes: Mapping[str, StandardRow]
    class_changes: tuple[ClassChange, ...]
    numbered: Mapping[str, str]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do, missing rows aside."""
        return not (self.added or self.changed or self.class_changes)


def make_plan(present: Present, reading: Reading, *, valid_from: date, today: date) -> Plan:
    """Lay a reading beside the present standards. `valid_from` is the first day of whatever is new."""
    classes, numbered = _classes_of(present, reading)
    newest = {(row.code, tidy(row.filing_condition)): row for row in present.rows}
    added: list[Added] = []
    changed: list[Changed] = []
    unchanged: list[PresentRow] = []
    refused: list[RowError] = []
    met: set[tuple[str, str]] = set()
    for row in reading.rows:
        code = classes[_class_key(row)]
        key = (code, row.filing_condition)
        met.add(key)
        known = newest.get(key)
        change = _change(known, row) if known else None
        if known and change is None:
            unchanged.append(known)
            continue
        floor = _first_day(known, present.ended.get(key), today=today)
        if floor is not None and valid_from < floor:
            refused.append(_too_early(row, valid_from, floor))
        elif change is not None:
            changed.append(change)
        else:
            added.append(Added(code, row))
    missing = _missing(present, newest, met, reading)
    return Plan(
        added=(*added,),
        changed=(*changed,),
        unchanged=(*unchanged,),
        missing=missing,
        removable=_removable(present, missing, reading, valid_from=valid_from, today=today),
        absent=frozenset(
            one.code
            for one in present.classes.values()
            if one.kind in reading.clean and one.code not in classes.values()
        ),
        refused=(*refused,),
        new_classes=_new_classes(present, added),
        class_changes=_class_changes(present, reading.rows, classes),
        numbered=numbered,
    )


def _class_key(row: StandardRow) -> tuple[str, str, str]:
    return row.kind, row.major_code, row.minor_code or row.name


def _classes_of(
    present: Present, reading: Reading
) -> tuple[dict[tuple[str, str, str], str], dict[str, str]]:
    """(code of every class of the sheet, names by those codes that are issued now).

    A custom class without a code is the one of that name, and gets the next free number if there is none.
    """
    taken: dict[tuple[str, str], set[str]] = defaultdict(set)
    named: dict[tuple[str, str, str], str] = {}
    for one in present.classes.values():
        taken[one.kind, one.major_code].add(one.minor_code)
        if one.custom:
            named.setdefault((one.kind, one.major_code, one.name), one.minor_code)
    for row in reading.rows:
        taken[row.kind, row.major_code].add(row.minor_code)
    found: dict[tuple[str, str, str], str] = {}
    issued: dict[str, str] = {}
    for row in reading.rows:
        key = _class_key(row)
        if key in found:
            continue
        minor = row.minor_code
        if not minor and row.kind != codes.WITHOUT_MINOR:
            minor = named.get(key, "")
            if not minor:
                used = taken[key[:2]] - {""}
                minor = next_extended_minor(used, width=reading.minor_digits)
                taken[key[:2]].add(minor)
                issued[codes.class_code(row.kind, row.major_code, minor)] = row.name
        found[key] = codes.class_code(row.kind, row.major_code, minor)
    return found, issued


def _change(known: PresentRow, row: StandardRow) -> Changed | None:
    """What the row changes, None if nothing. Where the sheet has no column, the present value stays."""
    values = dict(known.values)
    fields = []
    for name in VALUES:
        before, after = known.values[name], getattr(row, name)
        if after is None or _equal(name, before, after):
            continue
        values[name] = after
        fields.append(FieldChange(TITLES[name], before, after))
    return Changed(known, row, values, tuple(fields)) if fields else None


def _equal(name: str, before: str, after: str) -> bool:
    if name == "time_limit":
        try:
            before = read_limit(before, options=_EXACT)
        except UnclearLimit:
            return False
    return tidy(before, lines=name == "legal_article") == after


def _first_day(known: PresentRow | None, ended: date | None, *, today: date) -> date | None:
    """The earliest day on which another version may begin; None if there was none before."""
    if known is not None:
        return max(known.valid_from, today)
    return ended + timedelta(days=1) if ended else None


def _too_early(row: StandardRow, wanted: date, floor: date) -> RowError:
    return RowError(
        row.sheet,
        row.number,
        VALID_FROM,
        wanted.isoformat(),
        f"“{row.filing_condition}”已有的版本不能从这一天起更改",
        f"生效日期选 {floor.isoformat()} 或以后",
    )


def _missing(
    present: Present,
    newest: Mapping[tuple[str, str], PresentRow],
    met: set[tuple[str, str]],
    reading: Reading,
) -> tuple[PresentRow, ...]:
    """Rows in use that the sheet does not have, of the kinds it has."""
    return tuple(
        row
        for key, row in newest.items()
        if key not in met
        and present.classes[row.code].kind in reading.kinds
        and not present.classes[row.code].retired
    )


def _removable(
    present: Present,
    missing: Iterable[PresentRow],
    reading: Reading,
    *,
    valid_from: date,
    today: date,
) -> tuple[PresentRow, ...]:
    return tuple(
        row
        for row in missing
        if present.classes[row.code].kind in reading.clean
        and valid_from >= max(row.valid_from, today)
    )


def _new_classes(present: Present, added: Iterable[Added]) -> dict[str, StandardRow]:
    """First row of each class that is not there yet, by code."""
    found: dict[str, StandardRow] = {}
    for one in added:
        if one.code not in present.classes:
            first = found.setdefault(one.code, one.row)
            found[one.code] = replace(first, custom=first.custom or one.row.custom)
    return found


def _class_changes(
    present: Present, rows: Iterable[StandardRow], codes_of: Mapping[tuple[str, str, str], str]
) -> tuple[ClassChange, ...]:
    """Other names and marks of classes in the sheet, and of their neighbours in a 大类 that was renamed."""
    wanted: dict[str, StandardRow] = {}
    majors: dict[tuple[str, str], str] = {}
    for row in rows:
        code = codes_of[_class_key(row)]
        first = wanted.setdefault(code, row)
        wanted[code] = replace(first, custom=first.custom or row.custom)
        majors[row.kind, row.major_code] = row.major_name
    found = []
    for one in present.classes.values():
        major_name = majors.get((one.kind, one.major_code), one.major_name)
        row_of = wanted.get(one.code)
        change = ClassChange(
            code=one.code,
            major_name=major_name,
            name=row_of.name if row_of else one.name,
            custom=one.custom or (row_of is not None and row_of.custom),
            revived=one.retired and row_of is not None,
            fields=(),
        )
        fields = _class_fields(one, change)
        if fields:
            found.append(replace(change, fields=fields))
    return tuple(found)


def _class_fields(one: PresentClass, change: ClassChange) -> tuple[FieldChange, ...]:
    facts = (
        FieldChange(TITLES["major_name"], one.major_name, change.major_name),
        FieldChange(TITLES["name"], one.name, change.name),
        FieldChange("自定义", _YES[one.custom], _YES[change.custom]),
        FieldChange(
            "状态", "已停用" if change.revived else "", "恢复使用" if change.revived else ""
        ),
    )
    return tuple(fact for fact in facts if fact.before != fact.after)
