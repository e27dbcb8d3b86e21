"""A small picture, stored as an upload would be."""

from __future__ import annotations

import io
from datetime import datetime

from PIL import Image

from linli.kernel.acting import Actor
from linli.kernel.files.actions import store_file
from linli.kernel.files.models import StoredFile


def picture() -> bytes:
    """A JPEG nobody is in."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(out, "JPEG")
    return out.getvalue()


def stored_picture(by: Actor, *, now: datetime) -> StoredFile:
    return store_file("rubbish.jpg", picture(), by=by, now=now)
