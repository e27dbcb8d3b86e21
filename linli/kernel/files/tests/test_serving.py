from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from linli.kernel.acting import SYSTEM
from linli.kernel.files.actions import store_file
from linli.kernel.files.errors import FileGone, LinkExpired
from linli.kernel.files.models import StoredFile
from linli.kernel.files.queries import open_stored, read_token, signed_path, stored_file
from linli.kernel.files.rules import Kind, Size
from linli.kernel.files.storage import file_store
from linli.kernel.files.tests import papers, pictures
from linli.kernel.files.tests.marks import Secrets

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 1, 30, tzinfo=UTC)
MARKS = Secrets.of(41)


@pytest.fixture
def photo() -> StoredFile:
    return store_file("楼道.jpg", pictures.jpeg(MARKS), by=SYSTEM, now=NOW)


def token_of(path: str) -> str:
    return path.removeprefix("/files/")


def test_an_address_stands_for_one_file_in_one_size(photo: StoredFile) -> None:
    ticket = read_token(token_of(signed_path(photo, size=Size.SMALL, now=NOW)), now=NOW)

    assert (ticket.sha256, ticket.size, ticket.seconds) == (photo.sha256, Size.SMALL, 5400)


def test_an_address_asks_the_database_nothing(
    photo: StoredFile, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        signed_path(photo, now=NOW)


def test_an_address_stays_the_same_within_the_hour_so_that_browsers_can_keep_the_picture(
    photo: StoredFile,
) -> None:
    assert signed_path(photo, now=NOW) == signed_path(photo, now=NOW + timedelta(minutes=29))
    assert signed_path(photo, now=NOW) != signed_path(photo, now=NOW + timedelta(minutes=31))


def test_an_address_holds_for_at_least_an_hour_and_never_for_more_than_two(
    photo: StoredFile,
) -> None:
    token = token_of(signed_path(photo, now=NOW))

    assert read_token(token, now=NOW + timedelta(seconds=5399)).seconds == 1
    with pytest.raises(LinkExpired, match="已经过期"):
        read_token(token, now=NOW + timedelta(seconds=5400))


@pytest.mark.parametrize("token", ["", "abc", "a.b.c:sig", "x" * 500])
def test_a_made_up_address_is_refused(token: str) -> None:
    with pytest.raises(LinkExpired, match="地址不对"):
        read_token(token, now=NOW)


def test_an_address_cannot_be_turned_into_another(photo: StoredFile) -> None:
    token = token_of(signed_path(photo, size=Size.SMALL, now=NOW))

    for changed in (token.replace(".320.", ".full."), token.replace(photo.sha256, "0" * 64)):
        assert changed != token
        with pytest.raises(LinkExpired):
            read_token(changed, now=NOW)


def test_documents_have_no_thumbnail_to_ask_for() -> None:
    data = papers.pdf(MARKS, pictures=[(pictures.jpeg(MARKS), "/DCTDecode")])
    file = store_file("申请.pdf", data, by=SYSTEM, now=NOW)

    path = signed_path(file, size=Size.SMALL, now=NOW)

    assert read_token(token_of(path), now=NOW).size is Size.FULL


def test_a_thumbnail_is_opened_under_its_own_type_and_name(photo: StoredFile) -> None:
    with open_stored(photo.sha256, size=Size.SMALL).body as body:
        assert body.read(4) == b"RIFF"
    served = open_stored(photo.sha256, size=Size.SMALL)
    served.body.close()

    assert (served.content_type, served.name, served.kind) == (
        "image/webp",
        "楼道.webp",
        Kind.PHOTO,
    )
    assert served.etag == f'"{photo.sha256}-320"'


def test_the_file_stands_in_for_a_lost_thumbnail(photo: StoredFile) -> None:
    file_store().delete(f"{photo.sha256}-320")

    served = open_stored(photo.sha256, size=Size.SMALL)

    with served.body as body:
        assert len(body.read()) == served.size == photo.size
    assert (served.content_type, served.name) == ("image/jpeg", "楼道.jpg")


def test_a_file_that_went_is_gone(photo: StoredFile) -> None:
    file_store().delete(photo.sha256)

    for sha256 in (photo.sha256, "0" * 64):
        with pytest.raises(FileGone):
            open_stored(sha256)


def test_a_store_elsewhere_gives_its_own_address(photo: StoredFile, settings: Settings) -> None:
    settings.LINLI_FILE_STORE = "linli.kernel.files.tests.test_storing.OtherStore"

    assert (
        signed_path(photo, size=Size.SMALL, now=NOW)
        == f"https://files.example.org/{photo.sha256}-320?for=5400"
    )


def test_a_form_finds_its_file_by_digest(photo: StoredFile) -> None:
    assert stored_file(photo.sha256) == photo
    assert stored_file("0" * 64) is None
