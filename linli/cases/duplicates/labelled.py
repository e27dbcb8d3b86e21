"""Read a city's requests with its own duplicate flags, and give every request the time a live system would know.

The file has dates without times. Request numbers run through the day over all kinds of requests, so a request's
place between the first and the last number of its day tells roughly the hour. That only restores the creation time;
nothing that happened to a request afterwards enters.
"""

import csv
import gzip
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from linli.cases.duplicates.errors import RequestsUnreadable

COLUMNS = (
    "Creation_Date",
    "Status",
    "Completion_Date",
    "Service_Request_Number",
    "Type_of_Service_Request",
    "Street_Address",
    "Latitude",
    "Longitude",
)

DAY_STARTS = time(7, tzinfo=UTC)
"""Clock time given to the first request number of a day. The zone is a label: only differences are used."""

DAY_LASTS = timedelta(hours=12)
"""Span over which the numbers of one day are spread; most calls come between 7 and 19."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request of the city: `number` is unique, `completed_on` None while open, `flagged` by the city as `Dup`."""

    number: str
    created_on: date
    opened_at: datetime
    completed_on: date | None
    category: str
    address: str
    lon: float | None
    lat: float | None
    flagged: bool


def read_requests(path: Path) -> list[Request]:
    """All requests in the order they were created (date, then number).

    A number that appears twice is one request: completed at the earlier date, flagged if either row is.
    Raises `RequestsUnreadable` when the file or a column is missing or a date cannot be read.
    """
    rows: dict[str, Mapping[str, str]] = {}
    for row in _rows(path):
        number = row["Service_Request_Number"]
        rows[number] = _merge(rows[number], row) if number in rows else row
    try:
        numbers = _numbers_by_day(rows.values())
        requests = [_request(row, numbers) for row in rows.values()]
    except ValueError as problem:
        raise RequestsUnreadable(
            f"文件中有无法识别的数值({problem}),请检查日期、编号与坐标列后重试。", field="file"
        ) from problem
    return sorted(requests, key=lambda each: (each.created_on, each.opened_at, each.number))


def _rows(path: Path) -> Iterator[Mapping[str, str]]:
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8") as file
        ):
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise RequestsUnreadable(
                    f"文件缺少列:{'、'.join(missing)}。请提供含重复标记的请求文件。",
                    field=missing[0],
                )
            yield from reader
    except (OSError, UnicodeDecodeError, EOFError) as problem:
        raise RequestsUnreadable(
            f"无法读取文件 {path},请检查路径与格式。", field="file"
        ) from problem


def _merge(one: Mapping[str, str], other: Mapping[str, str]) -> Mapping[str, str]:
    completions = sorted(filter(None, (one["Completion_Date"], other["Completion_Date"])))
    status = next((row["Status"] for row in (one, other) if _is_flagged(row)), one["Status"])
    return {**one, "Status": status, "Completion_Date": completions[0] if completions else ""}


def _numbers_by_day(rows: Iterable[Mapping[str, str]]) -> dict[str, tuple[int, int]]:
    """The first and the last running number of each day."""
    days: dict[str, tuple[int, int]] = {}
    for row in rows:
        day, number = row["Creation_Date"], _running_number(row)
        first, last = days.get(day, (number, number))
        days[day] = (min(first, number), max(last, number))
    return days


def _request(row: Mapping[str, str], numbers: Mapping[str, tuple[int, int]]) -> Request:
    first, last = numbers[row["Creation_Date"]]
    share = (_running_number(row) - first) / max(1, last - first)
    created_on = date.fromisoformat(row["Creation_Date"])
    located = bool(row["Latitude"] and row["Longitude"])
    return Request(
        number=row["Service_Request_Number"],
        created_on=created_on,
        opened_at=datetime.combine(created_on, DAY_STARTS) + DAY_LASTS * share,
        completed_on=date.fromisoformat(row["Completion_Date"]) if row["Completion_Date"] else None,
        category=row["Type_of_Service_Request"],
        address=row["Street_Address"],
        lon=float(row["Longitude"]) if located else None,
        lat=float(row["Latitude"]) if located else None,
        flagged=_is_flagged(row),
    )


def _running_number(row: Mapping[str, str]) -> int:
    return int(row["Service_Request_Number"].rpartition("-")[2])


def _is_flagged(row: Mapping[str, str]) -> bool:
    return row["Status"].endswith("Dup")
