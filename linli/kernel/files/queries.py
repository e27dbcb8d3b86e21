"""Reads of files. Who may see a file is decided by the row that uses it, in the module that owns that row.

That module, having checked, makes an address with `signed_path`; whoever holds the address may fetch the file until
it expires. A list page makes one per picture without asking the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import IO

from django.core import signing
from django.urls import get_script_prefix

from linli.kernel.files.errors import FileGone, LinkExpired
from linli.kernel.files.models import StoredFile
from linli.kernel.files.rules import ACCEPTED, THUMBNAIL_TYPE, Format, Kind, Size
from linli.kernel.files.storage import file_store

PREFIX = "files/"
"""Where the serving view is mounted: `path("files/<str:token>", ...)`."""

LIFE = 3600
"""Seconds. An address is good for one to two of these: it ends on a full hour, so that the same picture has the same
address for an hour and the browser need not fetch it again; two suffice for a page left open over a meeting."""

_SALT = "linli.kernel.files"


@dataclass(frozen=True)
class Ticket:
    """What a signed address stands for. `seconds` is how long it still holds."""

    sha256: str
    size: Size
    seconds: int


@dataclass(frozen=True)
class Served:
    """A file opened for sending: its bytes (seekable), their number, type, download name and a stable tag."""

    body: IO[bytes]
    size: int
    content_type: str
    name: str
    etag: str
    kind: Kind


def signed_path(file: StoredFile, *, now: datetime, size: Size = Size.FULL) -> str:
    """A short-lived address of the file, or of its thumbnail. Give it only to someone who may see the file."""
    expires = (int(now.timestamp()) // LIFE + 2) * LIFE
    shown = size if file.kind == Kind.PHOTO else Size.FULL
    key = file.sha256 if shown is Size.FULL else f"{file.sha256}-{shown}"
    direct = file_store().url_path(key, seconds=expires - int(now.timestamp()))
    if direct is not None:
        return direct
    token = signing.Signer(salt=_SALT).sign(f"{file.sha256}.{shown}.{expires}")
    return f"{get_script_prefix()}{PREFIX}{token}"


def read_token(token: str, *, now: datetime) -> Ticket:
    """Raises LinkExpired (403) for an address that is too old or was changed."""
    try:
        sha256, size, expires = signing.Signer(salt=_SALT).unsign(token).split(".")
        ticket = Ticket(sha256, Size(size), int(expires) - int(now.timestamp()))
    except (signing.BadSignature, ValueError) as error:
        raise LinkExpired("这个文件地址不对，请回到原来的页面重新打开。") from error
    if ticket.seconds <= 0:
        raise LinkExpired("这个文件地址已经过期，请刷新原来的页面后再打开。")
    return ticket


def open_stored(sha256: str, *, size: Size = Size.FULL) -> Served:
    """The file itself, for whoever has checked the right to see it. Raises FileGone (410)."""
    file = StoredFile.objects.filter(sha256=sha256).first()
    store = file_store()
    key = sha256 if size is Size.FULL else f"{sha256}-{size}"
    if file is None or not store.has(sha256):
        raise FileGone("这个文件已经不在了。它可能没有提交完成，请重新上传。")
    if not store.has(key):
        key, size = sha256, Size.FULL
    body = store.open(key)
    length = body.seek(0, 2)
    body.seek(0)
    small = size is not Size.FULL
    name = file.original_name
    return Served(
        body=body,
        size=length,
        content_type=THUMBNAIL_TYPE if small else file.content_type,
        name=_webp(name) if small else name,
        etag=f'"{key}"',
        kind=Kind(file.kind),
    )


def _webp(name: str) -> str:
    return name.rpartition(".")[0] + ACCEPTED[Format.WEBP].extension


def stored_file(sha256: str) -> StoredFile | None:
    """The row, for a form that was sent with the digest of a file stored a moment ago.

    Forms carry the digest and never the row's number: a number can be guessed, and with it another person's photo.
    """
    return StoredFile.objects.filter(sha256=sha256).first()
