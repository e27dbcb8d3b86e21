"""The replay against flags, on a handful of made-up requests."""

import gzip
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from linli.cases.duplicates.errors import RequestsUnreadable
from linli.cases.duplicates.evaluate import Reading, replay, report, summary
from linli.cases.duplicates.labelled import COLUMNS, read_requests
from linli.cases.duplicates.learn import learn_weights
from linli.cases.duplicates.rules import Verdict
from linli.cases.duplicates.speed import measure

HEADER = ",".join(COLUMNS)


def row(
    number: str,
    created: str,
    completed: str,
    status: str = "Completed",
    address: str = "1 HUAISHU LI",
    lat: str = "41.90000",
) -> str:
    return f"{created},{status},{completed},{number},Sanitation,{address},{lat},-87.60000"


SATURDAY_AGAIN = [
    row("11-00000100", "2011-06-03", "2011-06-08"),
    row("11-00000200", "2011-06-04", "2011-06-08", "Completed - Dup"),
    row("11-00000300", "2011-06-04", "2011-06-09", address="9 FAR AWAY", lat="41.95000"),
]


def written(folder: Path, rows: list[str], *, header: str = HEADER) -> Path:
    path = folder / "requests.csv.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write("\n".join([header, *rows]) + "\n")
    return path


def outcomes(
    folder: Path, rows: list[str], reading: Reading = Reading.DAY_BEFORE
) -> dict[str, Any]:
    return {
        each.request.number: each for each in replay(read_requests(written(folder, rows)), reading)
    }


def test_a_flagged_request_on_a_day_off_is_found_and_joined(tmp_path: Path) -> None:
    found = outcomes(tmp_path, SATURDAY_AGAIN)
    assert found["11-00000200"].verdict is Verdict.JOIN
    assert found["11-00000200"].hit
    assert found["11-00000100"].verdict is Verdict.NOTHING
    assert found["11-00000300"].verdict is Verdict.NOTHING


def test_the_figures_count_what_the_city_flagged(tmp_path: Path) -> None:
    unflagged = [
        row("11-00000110", "2011-06-03", "2011-06-09", address="7 NOWHERE", lat="41.97000"),
        row("11-00000290", "2011-06-04", "2011-06-09", address="7 NOWHERE", lat="41.97000"),
    ]
    figures = summary(list(outcomes(tmp_path, [*SATURDAY_AGAIN, *unflagged]).values()))
    assert figures["recall_at_5"] == 1.0
    assert (figures["joined"], figures["join_precision"], figures["pairs"]) == (2, 0.5, 2)
    assert figures["baseline"] == {"metres": 5.0, "precision": 0.5, "recall": 1.0}


def test_another_address_at_the_same_point_does_not_count_as_found(tmp_path: Path) -> None:
    rows = [SATURDAY_AGAIN[0].replace("1 HUAISHU LI", "3 HUAISHU LI"), SATURDAY_AGAIN[1]]
    assert not outcomes(tmp_path, rows)["11-00000200"].hit


def test_a_later_request_is_never_a_candidate(tmp_path: Path) -> None:
    flagged_first = [
        row("11-00000100", "2011-06-04", "2011-06-08", "Completed - Dup"),
        row("11-00000200", "2011-06-04", "2011-06-08"),
    ]
    assert not outcomes(tmp_path, flagged_first)["11-00000100"].hit


def test_a_case_completed_before_is_no_candidate_and_one_completed_that_day_depends(
    tmp_path: Path,
) -> None:
    before = [row("11-00000100", "2011-06-02", "2011-06-03"), SATURDAY_AGAIN[1]]
    same_day = [row("11-00000100", "2011-06-02", "2011-06-04"), SATURDAY_AGAIN[1]]
    assert outcomes(tmp_path, before)["11-00000200"].suggested == 0
    assert outcomes(tmp_path, same_day)["11-00000200"].suggested == 1
    assert outcomes(tmp_path, same_day, Reading.AT_CREATION)["11-00000200"].suggested == 0


def test_a_case_open_for_more_than_twelve_weeks_is_no_longer_suggested(tmp_path: Path) -> None:
    rows = [row("11-00000100", "2011-03-01", ""), SATURDAY_AGAIN[1]]
    assert outcomes(tmp_path, rows)["11-00000200"].suggested == 0


def test_on_a_working_day_nothing_is_joined_on_what_was_known_the_day_before(
    tmp_path: Path,
) -> None:
    rows = [
        row("11-00000100", "2011-06-06", "2011-06-10"),
        row("11-00000200", "2011-06-07", "2011-06-10", "Completed - Dup"),
    ]
    assert outcomes(tmp_path, rows)["11-00000200"].verdict is Verdict.SUGGEST
    assert outcomes(tmp_path, rows, Reading.AT_CREATION)["11-00000200"].verdict is Verdict.JOIN


def test_what_happens_to_later_requests_does_not_change_earlier_decisions(tmp_path: Path) -> None:
    later = row("11-00000900", "2011-06-20", "", "Open - Dup")
    assert (
        outcomes(tmp_path, SATURDAY_AGAIN).items()
        <= outcomes(tmp_path, [*SATURDAY_AGAIN, later]).items()
    )


def test_a_number_that_appears_twice_is_one_request_with_the_earlier_completion(
    tmp_path: Path,
) -> None:
    rows = [
        row("11-00000100", "2011-06-02", "2011-06-09"),
        row("11-00000100", "2011-06-02", "2011-06-05", "Completed - Dup"),
    ]
    (only,) = read_requests(written(tmp_path, rows))
    assert (only.completed_on, only.flagged) == (date(2011, 6, 5), True)


def test_a_request_without_coordinates_is_read_and_gets_no_suggestion(tmp_path: Path) -> None:
    bare = row("11-00000500", "2011-06-04", "2011-06-09", lat="")
    assert outcomes(tmp_path, [*SATURDAY_AGAIN, bare])["11-00000500"].verdict is Verdict.NOTHING


def test_the_report_names_its_headline_figures_and_its_limits(tmp_path: Path) -> None:
    figures = report(read_requests(written(tmp_path, SATURDAY_AGAIN)))
    assert (figures["recall_at_5"], figures["join_precision"], figures["joined"]) == (1.0, 1.0, 1)
    assert figures["claims"]


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(RequestsUnreadable) as caught:
        read_requests(written(tmp_path, [], header=HEADER.replace("Status,", "")))
    assert caught.value.field == "Status"


def test_a_missing_file_and_an_unreadable_date_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(RequestsUnreadable, match="检查路径"):
        read_requests(tmp_path / "nothing.csv")
    with pytest.raises(RequestsUnreadable, match="检查日期"):
        read_requests(written(tmp_path, [row("11-00000100", "6 June", "")]))


def test_learning_finds_that_a_near_case_speaks_for_a_duplicate(tmp_path: Path) -> None:
    rows = []
    for n in range(20):
        lat = f"{41.5 + n / 100:.5f}"
        near = f"{41.5 + n / 100 + 0.0003:.5f}"
        rows += [
            row(f"11-00{n:02}0100", "2011-06-03", "2011-06-10", lat=lat),
            row(f"11-00{n:02}0200", "2011-06-04", "2011-06-10", "Completed - Dup", lat=lat),
            row(f"11-00{n:02}0300", "2011-06-04", "2011-06-10", lat=near),
        ]
    learned = learn_weights(read_requests(written(tmp_path, rows)))
    distances: Any = learned["distances"]
    assert learned["rows"] == 40
    assert distances[0] == (0.0, 20)
    assert distances[2][0] < -1.0


def test_the_speed_measurement_runs_on_a_small_table() -> None:
    figures = measure(300, questions=5)
    assert figures["cases"] == 300
    assert set(figures) == {"cases", "place_p50_ms", "place_p95_ms", "text_p50_ms", "text_p95_ms"}
