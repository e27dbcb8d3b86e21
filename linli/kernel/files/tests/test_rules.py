from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from linli.kernel.files.rules import (
    Format,
    Kind,
    advice,
    checked_place,
    clean_name,
    iso6709,
    mark_left,
    megabytes,
    moment_of,
    place_of,
    recognise,
    text_of,
)

EAST_8 = timezone(timedelta(hours=8))
HERE = {1: "N", 2: (39.0, 54.0, 15.12), 3: "E", 4: (116.0, 24.0, 26.64)}


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"\xff\xd8\xff\xe1....", Format.JPEG),
        (b"\x89PNG\r\n\x1a\n....", Format.PNG),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", Format.WEBP),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", Format.HEIC),
        (b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic", Format.HEIC),
        (b"%PDF-1.7\n", Format.PDF),
        (b"\x00\x00\x00\x14ftypisom\x00\x00\x00\x00mp42", Format.MP4),
        (b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  ", Format.MP4),
        ("姓名,楼号\n王奶奶,3\n".encode(), Format.CSV),
        ("姓名,楼号\n王奶奶,3\n".encode("gb18030"), Format.CSV),
        ("\ufeff姓名\t楼号\n".encode(), Format.CSV),
        (b"name\nwang\n", Format.CSV),
    ],
)
def test_an_accepted_format_is_told_by_its_first_bytes(head: bytes, expected: Format) -> None:
    assert recognise(head).format is expected


@pytest.mark.parametrize(
    ("head", "seen"),
    [
        (b"PK\x03\x04....", "压缩包（zip）"),
        (b"PK\x05\x06....", "空的压缩包（zip）"),
        (b"Rar!\x1a\x07", "压缩包（rar）"),
        (b"GIF89a", "GIF 动图"),
        (b"MZ\x90\x00", "程序"),
        (b"RIFF....AVI LIST", "AVI 视频"),
        (b"RIFF....????", "未知格式的文件"),
        (b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf", "AVIF 图片"),
        (b"\x00\x00\x00\x14ftypM4A \x00\x00\x00\x00mp42", "录音"),
        (b"\x00\x00\x00\x14ftypzzzz\x00\x00\x00\x00zzzz", "未知格式的视频或图片"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", "SVG 图片"),
        (b"<?xml version='1.0'?><svg onload='x()'/>", "SVG 图片"),
        (b"\n <!DOCTYPE html><title>a,b</title>", "网页（HTML）"),
        (b"\xef\xbb\xbf<script>alert(1)</script>", "网页（HTML）"),
        (b"<?xml version='1.0'?><a/>", "XML 文件"),
        (b"#!/bin/sh\nrm -rf\n", "程序脚本"),
        (b"\x00\x01\x02\x03", "未知格式的文件"),
        (b"  \n ", "未知格式的文件"),
        (b"\xff\xff\xff\xff", "未知格式的文件"),
        ("今天 下午三点开会\n".encode(), "文本"),
    ],
)
def test_anything_else_is_named_in_chinese(head: bytes, seen: str) -> None:
    found = recognise(head)

    assert (found.format, found.seen) == (None, seen)


@pytest.mark.parametrize(
    ("members", "seen"),
    [
        (["a.txt"], "压缩包（zip）"),
        (["[Content_Types].xml", "word/document.xml"], "Word 文档"),
        (["[Content_Types].xml", "ppt/presentation.xml"], "Office 文件"),
        (["[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"], "带宏的 Excel 表格"),
        (["[Content_Types].xml", "xl/workbook.xml"], "Excel 表格"),
    ],
)
def test_a_zip_is_told_by_what_is_in_it(members: list[str], seen: str) -> None:
    found = recognise(b"PK\x03\x04....", members=members)

    assert (found.seen, found.format) == (seen, Format.XLSX if seen == "Excel 表格" else None)


def test_a_character_cut_at_the_end_of_the_head_is_still_text() -> None:
    data = "王奶奶".encode()

    assert text_of(data[:-1], whole=False) == "王奶"
    assert text_of(b"\xe7\x8e\x8b\xff", whole=True) is None


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("楼道.jpg", "楼道.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\照片\\楼道.HEIC", "楼道.jpg"),
        ("楼道\u202egpj.exe", "楼道gpj.jpg"),
        ("a\r\nX-Evil: 1.png", "aX-Evil_ 1.jpg"),
        ("", "文件.jpg"),
        ("...", "文件.jpg"),
        ("长" * 300 + ".png", "长" * 116 + ".jpg"),
    ],
)
def test_a_name_is_fit_to_be_shown_and_ends_as_the_content_says(sent: str, kept: str) -> None:
    assert clean_name(sent, extension=".jpg") == kept


def test_sizes_are_written_in_megabytes() -> None:
    assert (megabytes(15 * 1024 * 1024), megabytes(20_500_000)) == ("15 MB", "19.6 MB")


def test_advice_lists_what_may_be_sent_in_a_fixed_order() -> None:
    assert advice({Kind.DOCUMENT, Kind.PHOTO}) == "照片（JPG、PNG、WEBP、HEIC） 或 PDF 文件"


def test_a_place_is_read_in_degrees() -> None:
    assert place_of(HERE) == (116.4074, 39.9042)


def test_south_and_west_are_negative() -> None:
    assert place_of({**HERE, 1: b"S\x00", 3: "w"}) == (-116.4074, -39.9042)


@pytest.mark.parametrize(
    "wrong",
    [
        {2: (91.0, 0.0, 0.0)},
        {4: (181.0, 0.0, 0.0)},
        {2: (39.0, 75.0, 0.0)},
        {2: (39.0, 0.0, 61.0)},
        {2: (float("nan"), 0.0, 0.0)},
        {2: (39.0, 54.0)},
        {2: None},
        {2: "abc"},
        {2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)},
    ],
)
def test_an_impossible_place_is_no_place(wrong: dict[int, Any]) -> None:
    assert place_of({**HERE, **wrong}) is None


def test_a_place_off_the_globe_is_refused_and_kept_ones_are_rounded() -> None:
    assert checked_place(181.0, 10.0) is None
    assert checked_place(10.0, -90.5) is None
    assert checked_place(10.12345678, 0.0) == (10.123457, 0.0)


LOCAL = {36867: "2026:05:01 09:30:00"}


def test_a_local_time_with_its_own_offset_wins() -> None:
    taken = moment_of({**LOCAL, 36881: "+09:30"}, {}, zone=EAST_8)

    assert taken == datetime(2026, 5, 1, 0, 0, tzinfo=UTC)


def test_the_satellites_time_comes_before_a_guessed_zone() -> None:
    gps = {7: (1.0, 31.0, 5.9), 29: "2026:05:01"}

    assert moment_of(LOCAL, gps, zone=EAST_8) == datetime(2026, 5, 1, 1, 31, 5, tzinfo=UTC)


def test_without_offset_and_satellites_the_zone_of_the_installation_is_taken() -> None:
    taken = moment_of({36867: b"2026:05:01 09:30:00\x00"}, {7: (1.0, 2.0)}, zone=EAST_8)

    assert taken == datetime(2026, 5, 1, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "stamp", ["0000:00:00 00:00:00", "1970:01:01 00:00:00", "2026:02:30 00:00:00", "", None]
)
def test_an_impossible_time_is_no_time(stamp: str | None) -> None:
    assert moment_of({36867: stamp}, {}, zone=EAST_8) is None


def test_an_offset_no_place_has_is_not_believed() -> None:
    assert moment_of({**LOCAL, 36881: "+19:00"}, {}, zone=UTC) == datetime(
        2026, 5, 1, 9, 30, tzinfo=UTC
    )
    assert moment_of({**LOCAL, 36881: "-03:00"}, {}, zone=UTC) == datetime(
        2026, 5, 1, 12, 30, tzinfo=UTC
    )


def test_a_video_s_place_is_read_from_its_own_notation() -> None:
    assert iso6709(b"..+39.9042+116.4074/") == (116.4074, 39.9042)
    assert iso6709(b"-33.8-070.6667+520/") == (-70.6667, -33.8)
    assert iso6709(b"+99.0+116.4/") is None
    assert iso6709(b"nothing") is None


def test_a_mark_that_is_left_is_named() -> None:
    assert mark_left(b"...Exif\x00\x00MM") == b"Exif\x00\x00"
    assert mark_left(b"plain") is None
