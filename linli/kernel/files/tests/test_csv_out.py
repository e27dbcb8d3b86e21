"""No spreadsheet runs what a resident wrote."""

from __future__ import annotations

import pytest

from linli.kernel.files.csv_out import BOM, csv_of, harmless


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+86",
        "-2",
        "@SUM(A1)",
        "＝1",
        "＋1",
        "－1",
        "＠A1",
        "﹣1",
        "\t=1",
        "\u200b=1",
        "  =1",
        " " * 9 + "=1",
        "\u2800=1",
        "\u3164=1",
        "\u034f=1",
        "\ufe0f=1",
        "\r=1",
    ],
)
def test_what_a_spreadsheet_might_run_is_marked_as_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "路灯不亮", "a=b", "3-2", "，=", "19900001234"])
def test_other_words_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell


def test_a_table_has_a_mark_of_its_encoding_and_quotes_what_needs_it() -> None:
    assert csv_of([["编号", "标题"], ["1", '=A1,"x"\n']]) == (
        f'{BOM}编号,标题\r\n1,"\'=A1,""x""\n"\r\n'
    )
