from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from linli.kernel.acting import SYSTEM
from linli.kernel.files.actions import store_file
from linli.kernel.files.errors import FileGone, LinkExpired
from linli.kernel.files.models import StoredFile
from linli.kernel.files.queries import signed_path
from linli.kernel.files.rules import Size
from linli.kernel.files.storage import file_store
from linli.kernel.files.tests import films, papers, pictures
from linli.kernel.files.tests.marks import Secrets
from linli.screens.shared.files import serve
from linli.screens.shared.guard import PageRequest

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 1, 30, tzinfo=UTC)
MARKS = Secrets.of(51)


def kept(name: str, data: bytes) -> StoredFile:
    return store_file(name, data, by=SYSTEM, now=NOW)


@pytest.fixture
def photo() -> StoredFile:
    return kept("楼道.jpg", pictures.jpeg(MARKS))


@pytest.fixture
def film() -> StoredFile:
    return kept("漏水.mp4", films.film(MARKS))


def fetched(
    file: StoredFile,
    *,
    size: Size = Size.FULL,
    method: str = "GET",
    later: timedelta = timedelta(0),
    **headers: str,
) -> HttpResponse:
    path = signed_path(file, size=size, now=NOW)
    asked = {name.replace("_", "-"): value for name, value in headers.items()}
    request = cast(PageRequest, RequestFactory().generic(method, path, headers=asked))
    request.now = NOW + later
    return serve(request, path.removeprefix("/files/"))


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def whole(file: StoredFile) -> bytes:
    with file_store().open(file.sha256) as stored:
        return stored.read()


def test_a_photo_is_shown_in_place_and_never_run_or_guessed(photo: StoredFile) -> None:
    answer = fetched(photo)

    assert body(answer) == whole(photo)
    assert answer.status_code == 200
    assert {key: answer[key] for key in answer.headers if key != "Content-Type"} == {
        "Content-Length": str(photo.size),
        "Content-Disposition": "inline; filename*=utf-8''%E6%A5%BC%E9%81%93.jpg",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": (
            "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
        ),
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, max-age=5400, immutable",
        "ETag": f'"{photo.sha256}"',
    }
    assert answer["Content-Type"] == "image/jpeg"


def test_a_thumbnail_is_a_small_webp(photo: StoredFile) -> None:
    answer = fetched(photo, size=Size.SMALL)

    assert (answer["Content-Type"], body(answer)[:4]) == ("image/webp", b"RIFF")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("申请.pdf", papers.pdf(MARKS, pictures=[(pictures.jpeg(MARKS), "/DCTDecode")])),
        ("名册.csv", "姓名,楼号\n".encode()),
        ("名册.xlsx", papers.workbook(MARKS)),
    ],
)
def test_documents_and_tables_are_downloaded(name: str, data: bytes) -> None:
    answer = fetched(kept(name, data))

    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")


def test_a_browser_that_has_it_gets_nothing_sent(photo: StoredFile) -> None:
    answer = fetched(photo, If_None_Match=f'"{photo.sha256}"')

    assert (answer.status_code, answer.content) == (304, b"")
    assert fetched(photo, If_None_Match='"other"').status_code == 200


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=100-", 100, -1),
        ("bytes=-50", -50, -1),
        ("bytes=10-99999999", 10, -1),
    ],
)
def test_a_player_may_ask_for_a_part(film: StoredFile, asked: str, first: int, last: int) -> None:
    answer = fetched(film, Range=asked)
    first, last = first % film.size, last % film.size

    assert answer.status_code == 206
    assert answer["Content-Range"] == f"bytes {first}-{last}/{film.size}"
    assert answer["Content-Length"] == str(last - first + 1)
    assert answer["Accept-Ranges"] == "bytes"
    assert body(answer) == whole(film)[first : last + 1]


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0", "bytes=20-10"])
def test_a_part_outside_the_film_is_refused_with_its_length(film: StoredFile, asked: str) -> None:
    answer = fetched(film, Range=asked)

    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{film.size}")


@pytest.mark.parametrize("asked", ["bytes=-", "bytes=0-1,5-6", "lines=1-2", "bytes=a-b"])
def test_what_is_no_single_range_gets_the_whole(film: StoredFile, asked: str) -> None:
    assert fetched(film, Range=asked).status_code == 200


def test_a_part_of_another_version_gets_the_whole(film: StoredFile) -> None:
    assert fetched(film, Range="bytes=0-9", If_Range='"old"').status_code == 200
    assert fetched(film, Range="bytes=0-9", If_Range=f'"{film.sha256}"').status_code == 206


def test_a_photo_is_always_sent_whole(photo: StoredFile) -> None:
    assert fetched(photo, Range="bytes=0-9").status_code == 200


def test_an_old_address_is_refused(photo: StoredFile) -> None:
    with pytest.raises(LinkExpired):
        fetched(photo, later=timedelta(hours=2))


def test_a_file_that_went_is_gone(photo: StoredFile) -> None:
    file_store().delete(photo.sha256)

    with pytest.raises(FileGone):
        fetched(photo)


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("POST", 405), ("DELETE", 405)])
def test_files_are_only_read(photo: StoredFile, method: str, status: int) -> None:
    assert fetched(photo, method=method).status_code == status


def test_the_view_says_that_it_is_open_on_purpose() -> None:
    assert serve.guarded_by == ()  # type: ignore[attr-defined]
