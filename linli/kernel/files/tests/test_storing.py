from __future__ import annotations

import errno
import hashlib
import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models import ProtectedError
from pytest_django import Settings

from linli.kernel.acting import EVERYWHERE, SYSTEM, Actor
from linli.kernel.audit.models import AuditLine
from linli.kernel.errors import NotAllowed
from linli.kernel.files import actions
from linli.kernel.files.actions import clear_unused_files, confirm_file, store_file
from linli.kernel.files.errors import DiskFull, FileBroken, FileGone, FileTooLarge, WrongFileType
from linli.kernel.files.models import StoredFile
from linli.kernel.files.rules import MEGABYTE, Kind
from linli.kernel.files.sanitise import sanitise, video
from linli.kernel.files.storage import FolderStore, file_store
from linli.kernel.files.tests import films, papers, pictures
from linli.kernel.files.tests.marks import Secrets
from linli.kernel.files.watermark import Line

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 1, 30, tzinfo=UTC)
XIAOLI = Actor(kind="staff", name="网格员小李", grants={"files.store": EVERYWHERE})
MARKS = Secrets.of(31)
PHOTO = pictures.jpeg(MARKS)


@pytest.fixture
def home(settings: Settings) -> Path:
    """The data folder of this test."""
    return Path(settings.LINLI_HOME)


def stored_files(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "files").rglob("*") if path.is_file())


def keep(data: bytes = PHOTO, name: str = "楼道.jpg", **more: Any) -> StoredFile:
    return store_file(name, data, **{"by": XIAOLI, "now": NOW, **more})


def test_a_photo_is_kept_under_the_digest_of_what_is_served(home: Path) -> None:
    file = keep()
    folder = home / "files" / file.sha256[:2] / file.sha256[2:4]

    assert (file.kind, file.content_type, file.original_name) == ("photo", "image/jpeg", "楼道.jpg")
    assert (file.width, file.height, file.uploader) == (48, 32, "网格员小李")
    assert (file.uploaded_at, file.confirmed_at, file.facts) == (NOW, None, None)
    served = (folder / file.sha256).read_bytes()
    assert hashlib.sha256(served).hexdigest() == file.sha256
    assert len(served) == file.size
    assert stored_files(home) == sorted(file.sha256 + end for end in ("", "-1280", "-320"))
    assert list((home / "files" / "incoming").iterdir()) == []


def test_sending_it_again_changes_nothing_but_begins_its_day_anew(home: Path) -> None:
    first = keep()
    before = stored_files(home)

    again = keep(name="别名.jpg", now=NOW + timedelta(hours=20))

    assert (again.pk, again.original_name, StoredFile.objects.count()) == (first.pk, "楼道.jpg", 1)
    assert again.uploaded_at == NOW + timedelta(hours=20)
    assert stored_files(home) == before


def test_a_confirmed_file_keeps_its_time() -> None:
    confirm_file(keep().sha256, by=XIAOLI, now=NOW)

    assert keep(now=NOW + timedelta(days=3)).uploaded_at == NOW


def test_time_and_place_are_kept_only_when_the_reporter_agrees() -> None:
    assert keep().facts is None

    agreed = keep(keep_location=True).facts

    assert agreed is not None
    assert agreed["taken_at"] == "2026-05-01T09:30:00+08:00"
    assert (agreed["lon"], agreed["lat"]) == (pytest.approx(MARKS.lon), pytest.approx(MARKS.lat))
    assert keep().facts == agreed


def test_the_watermark_is_kept_as_data_even_when_the_place_is_not() -> None:
    file = keep(line=Line(NOW, "槐树里", "", "网格员小李"))

    assert file.facts is not None
    assert list(file.facts) == ["watermark"]
    assert file.facts["watermark"]["text"] == "2026-05-01 01:30 · 槐树里 · 网格员小李"


def test_what_was_taken_out_of_a_document_is_said() -> None:
    data = papers.pdf(MARKS, pictures=[(PHOTO, "/DCTDecode")])

    file = keep(data, "申请.PDF", field="document", keep_location=True)

    assert (file.kind, file.original_name, file.facts) == (
        "document",
        "申请.pdf",
        {"removed": ["附件"]},
    )


def test_a_film_is_kept_whole() -> None:
    file = keep(films.film(MARKS), "漏水.mov", field="video")

    assert (file.kind, file.original_name, file.width) == ("video", "漏水.mp4", 64)
    with file_store().open(file.sha256) as body:
        assert len(body.read()) == file.size


def test_storing_and_confirming_leave_audit_lines() -> None:
    file = keep()
    confirm_file(file.sha256, by=XIAOLI, now=NOW)

    lines = AuditLine.objects.order_by("pk").values_list("actor_name", "subject", "result")
    assert list(lines) == [("网格员小李", f"files.storedfile:{file.pk}", "done")] * 2


def test_without_the_permission_nothing_is_done_and_the_refusal_is_noted(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        actions, "sanitise_apart", lambda *a, **k: pytest.fail("worked for nothing")
    )

    with pytest.raises(NotAllowed):
        store_file("楼道.jpg", PHOTO, by=Actor(kind="staff", name="某人"), now=NOW)

    assert (StoredFile.objects.count(), stored_files(home)) == (0, [])
    assert AuditLine.objects.get().result == "refused"


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"PK\x03\x04zip", WrongFileType),
        (PHOTO[: len(PHOTO) // 2], FileBroken),
        (PHOTO + bytes(20 * MEGABYTE), FileTooLarge),
    ],
)
def test_bad_input_leaves_nothing_behind(data: bytes, error: type[Exception], home: Path) -> None:
    with pytest.raises(error):
        keep(data, kinds=frozenset({Kind.PHOTO}))

    assert (StoredFile.objects.count(), stored_files(home)) == (0, [])


@pytest.mark.parametrize("written", [0, 1, 2])
def test_a_full_disk_is_said_and_leaves_nothing_behind(
    written: int, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = os.write, iter(range(100))

    def write(handle: int, data: Any) -> int:
        if next(calls) < written:
            return real(handle, data)
        real(handle, bytes(data)[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", write)
    with pytest.raises(DiskFull) as caught:
        keep()
    monkeypatch.undo()

    assert (caught.value.status, caught.value.field) == (507, "photo")
    assert "照片“楼道.jpg”没有保存" in caught.value.message
    assert (StoredFile.objects.count(), stored_files(home)) == (0, [])
    assert keep().size > 0  # and once there is room, the same photo goes through


def test_another_failure_of_the_disk_is_not_called_full(monkeypatch: pytest.MonkeyPatch) -> None:
    def write(handle: int, data: Any) -> int:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "write", write)
    with pytest.raises(OSError, match="Input/output"):
        keep()


def test_a_crash_before_the_rename_leaves_no_half_file(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pulled_out(self: Path, target: Path) -> Path:
        assert self.parent.name == "incoming"
        assert not target.exists()
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", pulled_out)
    with pytest.raises(KeyboardInterrupt):
        keep()

    assert (StoredFile.objects.count(), stored_files(home)) == (0, [])


def test_a_short_write_is_continued(monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: real(handle, bytes(data)[:100]))

    file = keep()

    with file_store().open(file.sha256) as body:
        assert hashlib.sha256(body.read()).hexdigest() == file.sha256


def clear(now: datetime, capture: Any) -> int:
    with capture(execute=True):
        return clear_unused_files(by=SYSTEM, now=now)


def test_a_file_nobody_used_goes_after_a_day(
    home: Path, django_capture_on_commit_callbacks: Any
) -> None:
    keep()
    used = keep(pictures.png(MARKS), "图.png")
    confirm_file(used.sha256, by=XIAOLI, now=NOW)

    assert clear(NOW + timedelta(hours=23), django_capture_on_commit_callbacks) == 0
    assert len(stored_files(home)) == 6
    assert clear(NOW + timedelta(hours=25), django_capture_on_commit_callbacks) == 1

    assert list(StoredFile.objects.all()) == [used]
    assert stored_files(home) == sorted(used.sha256 + end for end in ("", "-1280", "-320"))


def test_bytes_without_a_row_and_interrupted_writes_go_after_a_day(
    home: Path, django_capture_on_commit_callbacks: Any
) -> None:
    file = keep()
    StoredFile.objects.all().delete()
    left = home / "files" / "incoming" / "left"
    left.write_bytes(b"half")
    os.utime(left, (NOW.timestamp(), NOW.timestamp()))

    clear(NOW + timedelta(hours=23), django_capture_on_commit_callbacks)
    assert len(stored_files(home)) == 4
    clear(NOW + timedelta(hours=25), django_capture_on_commit_callbacks)

    assert stored_files(home) == []
    with pytest.raises(FileGone):
        confirm_file(file.sha256, by=XIAOLI, now=NOW)


def test_bytes_that_were_sent_again_are_not_taken_for_left_over(
    home: Path, django_capture_on_commit_callbacks: Any
) -> None:
    keep()
    keep(now=NOW + timedelta(hours=20))
    StoredFile.objects.all().delete()  # as if the second row were not committed yet

    clear(NOW + timedelta(hours=30), django_capture_on_commit_callbacks)

    assert len(stored_files(home)) == 3


def test_a_file_a_row_uses_is_never_removed_even_if_nobody_said_so(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    file = keep()

    def protected(self: StoredFile) -> tuple[int, dict[str, int]]:
        raise ProtectedError("a case photo", {self})

    monkeypatch.setattr(StoredFile, "delete", protected)
    assert clear(NOW + timedelta(hours=25), django_capture_on_commit_callbacks) == 0

    file.refresh_from_db()
    assert file.confirmed_at == NOW + timedelta(hours=25)
    assert file_store().has(file.sha256)


def test_a_full_disk_under_the_temporary_copy_of_a_film_is_said_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*args: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(video, "_copy", full)
    monkeypatch.setattr(actions, "sanitise_apart", sanitise)

    with pytest.raises(DiskFull):
        keep(films.film(MARKS), "漏水.mp4", field="video")


def test_a_full_disk_under_the_copy_for_the_cell_is_said_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*args: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("linli.kernel.cells.shutil.copyfileobj", full)

    with pytest.raises(DiskFull):
        store_file("a.jpg", io.BytesIO(b"x"), by=XIAOLI, now=NOW)


def test_only_the_system_clears() -> None:
    with pytest.raises(NotAllowed):
        clear_unused_files(by=XIAOLI, now=NOW)


def test_a_file_whose_bytes_are_gone_cannot_be_confirmed() -> None:
    file = keep()
    file_store().delete(file.sha256)

    with pytest.raises(FileGone) as caught:
        confirm_file(file.sha256, by=XIAOLI, now=NOW)

    assert (caught.value.status, "重新选择" in caught.value.message) == (410, True)
    file.refresh_from_db()
    assert file.confirmed_at is None


def test_confirming_twice_keeps_the_first_time() -> None:
    sha256 = keep().sha256
    confirm_file(sha256, by=XIAOLI, now=NOW)

    assert confirm_file(sha256, by=XIAOLI, now=NOW + timedelta(days=9)).confirmed_at == NOW


def test_another_store_takes_over_by_setting(settings: Settings) -> None:
    settings.LINLI_FILE_STORE = f"{__name__}.OtherStore"

    assert isinstance(file_store(), OtherStore)


def test_only_digests_are_keys(tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        FolderStore(tmp_path).open("../../etc/passwd")


class OtherStore(FolderStore):
    """Stands for a store somewhere else."""

    def url_path(self, key: str, *, seconds: int) -> str | None:
        return f"https://files.example.org/{key}?for={seconds}"
