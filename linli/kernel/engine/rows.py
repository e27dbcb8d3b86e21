"""Rows written and read one at a time, in plain SQL that is put together once per shape and kept.

The way of a case from report to closing writes some eighty rows. The query compiler of the ORM spends ten times as
long on each as the database does, so the modules on that way use these few verbs; everything else uses the ORM.
Values pass through the model's own fields, so both engines store what the ORM would have stored.

    insert(CaseMove(case=case, ...))                        sets the primary key
    insert_new(Notice(...))                                 False if a unique key was there already
    put(Deadline(...)); put_new(Notice(...))                the same where nobody asks for the key
    save(case, ("stage", "version"))
    change(Deadline, {"stopped_at": now}, case_id=7, stopped_at=None)
    remove(InboxEntry, kind="case", matter_id=7)
    find(Report, case_id=7); get(Case, 7, lock=True)

Each message to a server costs more than what is in it, so within `together()` the writes that return nothing wait
and go out as one message: at the end of the block, or with the next verb that returns something.
Queries of the ORM do not see what still waits; neither open a nested transaction inside the block.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Field, JSONField, Model

from linli.kernel.engine.remembered import Remembered

M = TypeVar("M", bound=Model)

ON_CONFLICT = " ON CONFLICT DO NOTHING"
_PLAIN = frozenset({int, str, float, bool, type(None)})


class _Waiting(threading.local):
    """Statements of this thread's open `together` block; None outside of one."""

    statements: list[tuple[str, list[Any]]] | None = None


_waiting = _Waiting()


@contextmanager
def together() -> Iterator[None]:
    """Let the writes inside wait and go out together; inside another such block it changes nothing."""
    if _waiting.statements is not None:
        yield
        return
    _waiting.statements = []
    try:
        yield
        _send_waiting()
    finally:
        _waiting.statements = None


def insert(row: Model) -> None:
    """Add a new row and set its primary key."""
    _insert(row, "")


def insert_new(row: Model) -> bool:
    """Add a row unless one of its unique keys is taken; whether it was added."""
    return _insert(row, ON_CONFLICT)


def put(row: Model) -> None:
    """Add a new row whose primary key nobody needs to know."""
    write(_insertion(type(row), ""), _cells(row))


def put_new(row: Model) -> None:
    """Add a row unless one of its unique keys is taken, when it is all the same whether it was."""
    write(_insertion(type(row), ON_CONFLICT), _cells(row))


def save(row: Model, names: Iterable[str]) -> None:
    """Write the named fields of a row that exists."""
    fields = _fields(type(row))
    written = tuple(names)
    cells = [_cell(fields[name], getattr(row, fields[name].attname)) for name in written]
    write(_update(type(row), written, ("pk",)), [*cells, row.pk])


def change(model: type[Model], values: Mapping[str, Any], **where: Any) -> None:
    """Write `values` into the rows that match `where` (None means empty)."""
    fields = _fields(model)
    cells = [_cell(fields[name], value) for name, value in values.items()]
    write(_update(model, tuple(values), _shape(where)), [*cells, *_given(fields, where)])


def remove(model: type[Model], **where: Any) -> None:
    """Take away the rows that match `where` (None means empty)."""
    write(_deletion(model, _shape(where)), _given(_fields(model), where))


def write(statement: str, cells: list[Any]) -> None:
    """Carry out a statement of your own that returns nothing."""
    if _waiting.statements is None:
        _send([(statement, cells)], answer=False)
    else:
        _waiting.statements.append((statement, cells))


def count_up(model: type[Model], name: str, values: Mapping[str, Any], **where: Any) -> int | None:
    """Add one to a number of the row that matches, and write `values`; the new number, None if no row matches."""
    fields = _fields(model)
    cells = [_cell(fields[key], value) for key, value in values.items()]
    statement = _counting(model, name, tuple(values), _shape(where))
    counted = _send([*_taken(), (statement, [*cells, *_given(fields, where)])])
    return int(counted[0]) if counted else None


def find(model: type[M], *, lock: bool = False, **where: Any) -> list[M]:
    """The rows that match `where` (None means empty), by primary key; locked till the transaction ends if asked."""
    _send_waiting()
    with connection.cursor() as cursor:
        cursor.execute(_select(model, _shape(where), lock=lock), _given(_fields(model), where))
        found = cursor.fetchall()
    return [_made(model, values) for values in found]


def get(model: type[M], row_id: int, *, lock: bool = False) -> M | None:
    """The row with this primary key."""
    return next(iter(find(model, lock=lock, pk=row_id)), None)


def known(model: type[M], row_id: int | None) -> M | None:
    """A row of a list that changes seldom, at most KNOWN_SECONDS old. It is shared: nobody may change it."""
    return _known(model, row_id) if row_id else None


KNOWN_SECONDS = 3.0
"""How long rows of lists are remembered; seconds, 0-10. A retired class may still be chosen for so long."""

_known: Remembered[Any] = Remembered(get, seconds=KNOWN_SECONDS)


def _insert(row: Model, conflict: str) -> bool:
    made = _send([*_taken(), (_insertion(type(row), conflict, returning=True), _cells(row))])
    if made is None:
        return False
    row.pk = made[0]
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return True


def _send_waiting() -> None:
    statements = _taken()
    if statements:
        _send(statements, answer=False)


def _taken() -> list[tuple[str, list[Any]]]:
    statements = _waiting.statements or []
    if statements:
        _waiting.statements = []
    return statements


def _send(statements: list[tuple[str, list[Any]]], *, answer: bool = True) -> Any:
    """Carry out the statements in order, where the engine takes several at once in one message; the last one's row."""
    together_on = getattr(connection, "send_together", None)
    if together_on and len(statements) > 1:
        cursor = together_on(statements)
        return cursor.fetchone() if answer else None
    with connection.cursor() as cursor:
        for statement, cells in statements:
            cursor.execute(statement, cells)
        return cursor.fetchone() if answer else None


def _cell(field: Field[Any, Any], value: Any) -> Any:
    if type(value) in _PLAIN and not isinstance(field, JSONField):
        return value
    return field.get_db_prep_save(str(value) if isinstance(value, str) else value, connection)


def _given(fields: Mapping[str, Field[Any, Any]], where: Mapping[str, Any]) -> list[Any]:
    return [_cell(fields[name], value) for name, value in where.items() if value is not None]


def _shape(where: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the conditions, those for an empty value with a question mark."""
    return tuple(name if value is not None else f"{name}?" for name, value in where.items())


@functools.cache
def _fields(model: type[Model]) -> dict[str, Field[Any, Any]]:
    fields = model._meta.concrete_fields
    found = {field.name: field for field in fields} | {field.attname: field for field in fields}
    return {**found, "pk": model._meta.pk}


@functools.cache
def _written(model: type[Model]) -> Sequence[Field[Any, Any]]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


def _cells(row: Model) -> list[Any]:
    return [_cell(field, getattr(row, field.attname)) for field in _written(type(row))]


@functools.cache
def _insertion(model: type[Model], conflict: str, *, returning: bool = False) -> str:
    columns = [_quoted(str(field.column)) for field in _written(model)]
    return (
        f"INSERT INTO {_quoted(model._meta.db_table)} ({', '.join(columns)})"  # noqa: S608 - names of our own
        f" VALUES ({', '.join(['%s'] * len(columns))}){conflict}"
        + (f" RETURNING {_quoted(_key(model))}" if returning else "")
    )


@functools.cache
def _update(model: type[Model], names: tuple[str, ...], where: tuple[str, ...]) -> str:
    cells = ", ".join(f"{_column(model, name)} = %s" for name in names)
    return f"UPDATE {_quoted(model._meta.db_table)} SET {cells} WHERE {_condition(model, where)}"  # noqa: S608


@functools.cache
def _deletion(model: type[Model], where: tuple[str, ...]) -> str:
    return f"DELETE FROM {_quoted(model._meta.db_table)} WHERE {_condition(model, where)}"  # noqa: S608


@functools.cache
def _counting(model: type[Model], name: str, names: tuple[str, ...], where: tuple[str, ...]) -> str:
    column = _column(model, name)
    cells = ", ".join(
        [*(f"{_column(model, other)} = %s" for other in names), f"{column} = {column} + 1"]
    )
    return (
        f"UPDATE {_quoted(model._meta.db_table)} SET {cells}"  # noqa: S608 - names of our own
        f" WHERE {_condition(model, where)} RETURNING {column}"
    )


@functools.cache
def _select(model: type[Model], where: tuple[str, ...], *, lock: bool) -> str:
    columns = ", ".join(_quoted(str(field.column)) for field in model._meta.concrete_fields)
    until_done = " FOR UPDATE" if lock and connection.features.has_select_for_update else ""
    return (
        f"SELECT {columns} FROM {_quoted(model._meta.db_table)}"  # noqa: S608 - names of our own
        f" WHERE {_condition(model, where)} ORDER BY {_quoted(_key(model))}{until_done}"
    )


def _condition(model: type[Model], where: tuple[str, ...]) -> str:
    return " AND ".join(
        f"{_column(model, name[:-1])} IS NULL"
        if name.endswith("?")
        else f"{_column(model, name)} = %s"
        for name in where
    )


def _column(model: type[Model], name: str) -> str:
    return _quoted(str(_fields(model)[name].column))


def _key(model: type[Model]) -> str:
    return str(model._meta.pk.column)


def _quoted(name: str) -> str:
    return f'"{name}"'


def _made(model: type[M], values: Sequence[Any]) -> M:
    cells = list(values)
    for at, field, converters in _converters(model):
        for convert in converters:
            cells[at] = convert(cells[at], field, connection)
    names = _names(model)
    return model.from_db(DEFAULT_DB_ALIAS, names, cells)


@functools.cache
def _names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


@functools.cache
def _converters(model: type[Model]) -> list[tuple[int, Any, list[Any]]]:
    """(place, column, functions) of every cell that the engine does not give as the model wants it."""
    found = []
    for at, field in enumerate(model._meta.concrete_fields):
        column = field.get_col(model._meta.db_table)
        converters = [
            *connection.ops.get_db_converters(column),
            *field.get_db_converters(connection),
        ]
        if converters:
            found.append((at, column, converters))
    return found
