"""Where the bytes lie: a small interface, and the folder that is its default.

A key is the SHA-256 of the served bytes, or that and a thumbnail's size: `<sha256>`, `<sha256>-320`. What lies under
a key never changes. Another class with the same methods (S3-compatible storage, say) is chosen by the setting
LINLI_FILE_STORE, a dotted path; it is called with no arguments and must be safe to use from many threads.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import IO, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

_KEY = re.compile(r"[0-9a-f]{64}(-(320|1280))?")
_PART = 1 << 20


class FileStore(Protocol):
    """What a store can do. All methods raise OSError when the place behind it fails."""

    def put(self, key: str, body: IO[bytes], *, now: datetime) -> None:
        """Keep all of `body`, or nothing. A key that is already there is only marked as touched at `now`."""

    def has(self, key: str) -> bool:
        """Whether the bytes are there."""

    def open(self, key: str) -> IO[bytes]:
        """The bytes, seekable. FileNotFoundError when they are not there."""

    def url_path(self, key: str, *, seconds: int) -> str | None:
        """An address where a browser may fetch it directly for so long; None when Linli serves it itself."""

    def delete(self, key: str) -> None:
        """Remove it; nothing happens when it is not there."""

    def untouched_since(self, moment: datetime) -> Iterator[str]:
        """Keys not put since then. What an interrupted `put` left behind before then is removed on the way."""


class FolderStore:
    """`LINLI_HOME/files/ab/cd/<key>`. Written beside, flushed to the disk, then renamed: there is no half file."""

    def __init__(self, root: Path | None = None) -> None:
        self._root = root

    @property
    def root(self) -> Path:
        return self._root or Path(settings.LINLI_HOME) / "files"

    def put(self, key: str, body: IO[bytes], *, now: datetime) -> None:
        target = self._path(key)
        if target.exists():
            _touch(target, now)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = self._incoming() / secrets.token_hex(16)
        try:
            _write(beside, body, now=now)
            beside.replace(target)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        _flush_folder(target.parent)

    def has(self, key: str) -> bool:
        return self._path(key).is_file()

    def open(self, key: str) -> IO[bytes]:
        return self._path(key).open("rb")

    def url_path(self, key: str, *, seconds: int) -> str | None:
        return None

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def untouched_since(self, moment: datetime) -> Iterator[str]:
        for left in self._incoming().iterdir():
            if left.stat().st_mtime < moment.timestamp():
                left.unlink(missing_ok=True)
        for path in self.root.glob("??/??/*"):
            if _KEY.fullmatch(path.name) and path.stat().st_mtime < moment.timestamp():
                yield path.name

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError(f"not a key of a stored file: {key!r}")
        return self.root / key[:2] / key[2:4] / key

    def _incoming(self) -> Path:
        folder = self.root / "incoming"
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def _write(path: Path, body: IO[bytes], *, now: datetime) -> None:
    body.seek(0)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        while part := body.read(_PART):
            rest = memoryview(part)
            while rest:
                rest = rest[os.write(handle, rest) :]
        os.utime(handle, (now.timestamp(), now.timestamp()))
        os.fsync(handle)
    finally:
        os.close(handle)


def _touch(path: Path, now: datetime) -> None:
    os.utime(path, (now.timestamp(), now.timestamp()))


def _flush_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut (fsync(2), notes)."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def file_store() -> FileStore:
    """The store of this installation."""
    return _store(getattr(settings, "LINLI_FILE_STORE", f"{__name__}.FolderStore"))


@lru_cache
def _store(path: str) -> FileStore:
    store: FileStore = import_string(path)()
    return store
