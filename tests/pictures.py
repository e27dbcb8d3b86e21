"""A small picture, stored as an upload would be."""

from __future__ import annotations

import io
from datetime import datetime

from PIL import Image

from linli.kernel.acting import Actor
from linli.kernel.files.actions import store_file
from linli.kernel.files.models import StoredFile


def stored_picture(by: Actor, *, now: datetime) -> StoredFile:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(out, "JPEG")
    return store_file("rubbish.jpg", out.getvalue(), by=by, now=now)
