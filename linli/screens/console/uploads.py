"""Photos that come with a form of the console, taken and kept by `shared.uploads`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from linli.kernel.files.models import StoredFile
from linli.kernel.files.queries import signed_path
from linli.kernel.files.rules import Size
from linli.screens.shared import uploads
from linli.screens.shared.guard import PageRequest

Photos = dict[str, list[StoredFile]]


class PhotoWidget(forms.FileInput):
    """Several pictures at once; phones offer the camera."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__(attrs={"accept": "image/*", "multiple": True})


def photo_field(label: Any, *, help_text: Any = "") -> forms.Field:
    """The field only draws the input: what was sent is taken by `take_photos`, and the move asks for it."""
    return forms.Field(label=label, required=False, widget=PhotoWidget, help_text=help_text)


def take_photos(request: PageRequest, form: forms.Form, names: Iterable[str]) -> Photos:
    """Store what was uploaded under these field names, beside what earlier tries of the form had stored.

    A picture that cannot be taken becomes an error of its field.
    """
    return {name: _taken(request, form, name) for name in names}


def shown(photos: Photos, request: PageRequest) -> dict[str, list[dict[str, str]]]:
    """What a form sent back needs to show them again: key and small picture."""
    return {
        name: [
            {
                "key": uploads.key_of(file, name, request),
                "thumb": signed_path(file, now=request.now, size=Size.SMALL),
                "name": file.original_name,
            }
            for file in files
        ]
        for name, files in photos.items()
    }


def _taken(request: PageRequest, form: forms.Form, name: str) -> list[StoredFile]:
    photos = uploads.take_photos(request, name)
    if photos.error:
        form.add_error(name, photos.error)
    return list(photos.files)
