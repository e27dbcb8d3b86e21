"""Every write of a file: keep it, mark it as used, remove what nobody used."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import IO, Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from linli.kernel.acting import Actor, action
from linli.kernel.files import watermark
from linli.kernel.files.errors import DiskFull, FileGone, FilesMissing
from linli.kernel.files.models import StoredFile
from linli.kernel.files.rules import (
    ACCEPTED,
    EVERY_KIND,
    MAX_NAME,
    UNUSED_AFTER,
    Kind,
    clean_name,
)
from linli.kernel.files.sanitise import Clean
from linli.kernel.files.sanitise.apart import sanitise_apart
from linli.kernel.files.sanitise.upload import DISK_FULL, label_of
from linli.kernel.files.storage import file_store

STORE, CLEAR = "files.store", "files.clear"
_BATCH = 500
_PART = 1 << 20


@dataclass(frozen=True)
class _Kept:
    """A cleaned file whose bytes lie in the store already."""

    name: str
    sha256: str
    clean: Clean
    facts: dict[str, Any] | None


def store_file(
    name: str,
    content: bytes | IO[bytes],
    *,
    by: Actor,
    now: datetime,
    field: str = "photo",
    kinds: Collection[Kind] = EVERY_KIND,
    keep_location: bool = False,
    line: watermark.Line | None = None,
) -> StoredFile:
    """Clean a file and keep it; the same content again gives the same row.

    `content` is bytes or a binary stream. `keep_location`: the reporter agreed that time and place of the photo are
    kept as data (never in the file). `line` is burned into a photo's lower edge.
    Raises FileRefused and its children (413, 415, 422) naming `field`, DiskFull (507); then nothing was kept.

    Call it before the transaction of the row that will use the file: cleaning takes up to seconds, and while a
    transaction is open everybody else may have to wait.
    """
    if not by.may(STORE):
        return _record(None, by=by, now=now)  # refuses, with its audit line, before any work
    try:
        clean = sanitise_apart(
            name,
            content,
            zone=timezone.get_default_timezone(),
            field=field,
            kinds=kinds,
            line=line,
        )
        with clean.body:
            sha256 = _keep(clean, now=now)
    except OSError as error:
        if error.errno not in DISK_FULL:
            raise
        message = f"存储空间已满，{label_of(name, field)}没有保存。请保留原文件，联系管理员清理空间后再传。"
        raise DiskFull(message, field=field) from error
    kept = _Kept(name, sha256, clean, _facts(clean, keep_location=keep_location))
    return _record(kept, by=by, now=now)


def _keep(clean: Clean, *, now: datetime) -> str:
    """Put the thumbnails, then the file; when that fails, take back what was put."""
    sha256 = _digest(clean.body)
    store = file_store()
    made = []
    try:
        for size, data in clean.thumbnails.items():
            key = f"{sha256}-{size}"
            if not store.has(key):
                made.append(key)
            store.put(key, io.BytesIO(data), now=now)
        store.put(sha256, clean.body, now=now)
    except BaseException:
        for key in made:
            store.delete(key)
        raise
    return sha256


def _digest(body: IO[bytes]) -> str:
    digest = hashlib.sha256()
    body.seek(0)
    while part := body.read(_PART):
        digest.update(part)
    return digest.hexdigest()


def _facts(clean: Clean, *, keep_location: bool) -> dict[str, Any] | None:
    facts: dict[str, Any] = {}
    if keep_location and ACCEPTED[clean.format].kind in (Kind.PHOTO, Kind.VIDEO):
        facts |= clean.facts.as_data()
    if clean.watermark is not None:
        facts["watermark"] = dict(clean.watermark)
    if clean.removed:
        facts["removed"] = list(clean.removed)
    if clean.note:
        facts["note"] = clean.note
    return facts or None


@action(may=STORE)
def _record(kept: _Kept | None, *, by: Actor, now: datetime) -> StoredFile:
    assert kept is not None, "only an actor without the permission comes here empty-handed"
    accepted = ACCEPTED[kept.clean.format]
    file, made = StoredFile.objects.select_for_update().get_or_create(
        sha256=kept.sha256,
        defaults={
            "kind": accepted.kind.value,
            "content_type": accepted.content_type,
            "size": kept.clean.size,
            "width": kept.clean.width,
            "height": kept.clean.height,
            "original_name": clean_name(kept.name, extension=accepted.extension)[: MAX_NAME + 10],
            "uploaded_at": now,
            "uploader": by.name[:80],
            "facts": kept.facts,
        },
    )
    if not made:
        _seen_again(file, kept, now=now)
    return file


def _seen_again(file: StoredFile, kept: _Kept, *, now: datetime) -> None:
    """Somebody sent it once more: its day begins anew, and what this person agreed to keep is added."""
    file.facts = {**(kept.facts or {}), **(file.facts or {})} or None
    if file.confirmed_at is None:
        file.uploaded_at = now
    file.save(update_fields=["facts", "uploaded_at"])


@action(may=STORE)
def confirm_file(sha256: str, *, by: Actor, now: datetime) -> StoredFile:
    """Say that a row uses the file, in the transaction that writes that row. Without it the file goes after a day.

    Raises FileGone (410) when it went already, so that the person can send it again.
    """
    file = StoredFile.objects.select_for_update().filter(sha256=sha256).first()
    if file is None or not file_store().has(sha256):
        raise FileGone("之前传的文件已经过期，请重新选择后再传。", field="photo")
    if file.confirmed_at is None:
        file.confirmed_at = now
        file.save(update_fields=["confirmed_at"])
    return file


def confirm_files(file_ids: Iterable[int], *, by: Actor, now: datetime) -> list[StoredFile]:
    """Confirm several files by their row ids, each once, in the order given.

    Raises:
        FilesMissing (422): one of them is not there; FileGone: it lay unused for too long.
    """
    wanted = list(dict.fromkeys(file_ids))
    files = StoredFile.objects.in_bulk(wanted)
    if len(files) != len(wanted):
        raise FilesMissing("有照片没有上传成功，请重新选择照片。", field="photos")
    return [confirm_file(files[pk].sha256, by=by, now=now) for pk in wanted]


@action(may=CLEAR)
def clear_unused_files(*, by: Actor, now: datetime) -> int:
    """Remove files no row has taken up for a day, and bytes without a row; the number of rows removed.

    To be run daily. Bytes go only after the rows' removal is committed.
    """
    unused = StoredFile.objects.filter(confirmed_at=None, uploaded_at__lt=now - UNUSED_AFTER)
    removed = sum(_remove(file, now=now) for file in unused.order_by("pk"))
    transaction.on_commit(lambda: _remove_bytes_without_row(now=now))
    return removed


def _remove(file: StoredFile, *, now: datetime) -> int:
    try:
        with transaction.atomic():
            return file.delete()[0]
    except ProtectedError:  # a row uses it though nobody said so
        file.confirmed_at = now
        file.save(update_fields=["confirmed_at"])
        return 0


def _remove_bytes_without_row(*, now: datetime) -> None:
    store = file_store()
    for keys in _batches(store.untouched_since(now - UNUSED_AFTER)):
        digests = {key[:64] for key in keys}
        known = set(StoredFile.objects.filter(sha256__in=digests).values_list("sha256", flat=True))
        for key in keys:
            if key[:64] not in known:
                store.delete(key)


def _batches(keys: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(keys, _BATCH)):
        yield batch
