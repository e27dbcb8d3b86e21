"""Pictures that come with a form: stored before anything else, so that a form sent back loses none of them.

A form that is sent back carries a key (`kernel.files.keys`) for each stored picture, good for this account, this field
and this day. Drawn by `shared/_photo_field.html`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from linli.kernel.calendar.local import local_day
from linli.kernel.errors import Busy, LinliError
from linli.kernel.files import keys
from linli.kernel.files.actions import store_file
from linli.kernel.files.errors import FileTooCostly
from linli.kernel.files.models import StoredFile
from linli.kernel.files.queries import signed_path
from linli.kernel.files.rules import Kind, Size
from linli.kernel.files.watermark import Line
from linli.screens.shared.guard import PageRequest

MOST = 9
"""Pictures a field takes; 1–9. More than nine nobody looks through."""


@dataclass(frozen=True)
class Photos:
    """What was sent under one name, now or with an earlier try; `error` says what could not be taken.

    `keys` stand for the files in a form that is sent back, in the same order.
    """

    name: str
    files: tuple[StoredFile, ...] = ()
    error: str = ""
    keys: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(file.pk for file in self.files)

    def refused(self, error: str) -> Photos:
        """The same pictures with something to say about them."""
        return replace(self, error=error)


def take_photos(request: PageRequest, name: str, *, line: Line | None = None) -> Photos:
    """Store what was uploaded under `name`, beside what earlier tries of the form had stored.

    With `line` the words are burned into each new picture. A picture that cannot be taken counts like one that can,
    and after one that was too dear to open, or found us busy, no other of this form is tried.
    """
    kept = [kept_file(key, name, request) for key in request.POST.getlist(f"{name}_kept")[:MOST]]
    found = {file.pk: file for file in kept if file is not None}
    uploads = request.FILES.getlist(name)
    room = MOST - len(found)
    error = f"最多 {MOST} 张照片，多出的没有加入。" if len(uploads) > room else ""
    for upload in uploads[:room]:
        try:
            file = store_file(
                upload.name or "photo",
                upload,
                by=request.actor,
                now=request.now,
                field=name,
                kinds={Kind.PHOTO},
                line=line,
            )
        except (FileTooCostly, Busy) as refusal:
            error = refusal.message
            break
        except LinliError as refusal:
            error = refusal.message
        else:
            found[file.pk] = file
    files = tuple(found.values())
    return Photos(name, files, error, tuple(key_of(file, name, request) for file in files))


def key_of(file: StoredFile, name: str, request: PageRequest) -> str:
    """What stands for a stored file in a form that is sent back: hexadecimal digits."""
    return keys.key_of(file, name, account_id=request.actor.account_id, on=local_day(request.now))


def kept_file(key: str, name: str, request: PageRequest) -> StoredFile | None:
    """The file a key stands for; None unless this account was given it for this field today or yesterday."""
    return keys.file_of(key, name, account_id=request.actor.account_id, on=local_day(request.now))


def photo_field(
    photos: Photos, label: Any, *, now: datetime, required: bool = False, help_text: Any = ""
) -> dict[str, Any]:
    """Context `photo` of `shared/_photo_field.html`."""
    kept = [
        {"key": key, "thumb": signed_path(file, now=now, size=Size.SMALL)}
        for file, key in zip(photos.files, photos.keys, strict=True)
    ]
    return {
        "name": photos.name,
        "label": label,
        "required": required,
        "help_text": help_text,
        "error": photos.error,
        "kept": kept,
        "most": MOST,
        "room": MOST - len(kept),
    }
