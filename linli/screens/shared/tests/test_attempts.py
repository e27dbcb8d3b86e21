"""Pictures that cannot be taken count like those that can."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from linli.kernel.access.queries import RESIDENT
from linli.kernel.errors import Busy, LinliError
from linli.kernel.files.errors import FileBroken, FileTooCostly
from linli.screens.shared import uploads
from linli.screens.shared.uploads import MOST, Photos, take_photos


def sent(count: int) -> Any:
    files = [SimpleUploadedFile(f"{n}.jpg", b"x") for n in range(count)]
    request: Any = RequestFactory().post("/home/report", {"photos": files})
    request.user, request.actor = AnonymousUser(), RESIDENT
    request.now = datetime(2026, 3, 9, tzinfo=UTC)
    return request


def tried(monkeypatch: pytest.MonkeyPatch, error: LinliError, *, count: int) -> tuple[int, Photos]:
    names: list[str] = []

    def store(name: str, *_given: Any, **_named: Any) -> None:
        names.append(name)
        raise error

    monkeypatch.setattr(uploads, "store_file", store)
    photos = take_photos(sent(count), "photos")
    return len(names), photos


def test_no_more_pictures_are_tried_than_may_be_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    times, photos = tried(monkeypatch, FileBroken("打不开"), count=99)

    assert (times, photos.files) == (MOST, ())


@pytest.mark.parametrize("error", [FileTooCostly("太费时间"), Busy("请过一会儿再试")])
def test_after_one_that_was_too_dear_or_found_us_busy_no_other_is_tried(
    monkeypatch: pytest.MonkeyPatch, error: LinliError
) -> None:
    times, photos = tried(monkeypatch, error, count=9)

    assert (times, photos.error) == (1, error.message)
