"""Photos that come with a form. They are kept before anything else, so that a form sent back loses none of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from linli.kernel.files.actions import store_file
from linli.kernel.files.errors import FileError
from linli.kernel.files.models import StoredFile
from linli.kernel.files.queries import signed_path, stored_file
from linli.kernel.files.rules import Kind, Size
from linli.screens.shared.guard import PageRequest

MOST_PHOTOS = 9

Photos = dict[str, list[StoredFile]]


class PhotoWidget(forms.FileInput):
    """Several pictures at once; phones offer the camera."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__(attrs={"accept": "image/*", "multiple": True})


def photo_field(label: Any, *, help_text: Any = "") -> forms.Field:
    """The field only draws the input: what was sent is taken by `take_photos`."""
    return forms.Field(label=label, required=False, widget=PhotoWidget, help_text=help_text)


def take_photos(request: PageRequest, form: forms.Form, names: Iterable[str]) -> Photos:
    """Store what was uploaded under these field names, beside what earlier tries of the form had stored.

    A picture that cannot be taken becomes an error of its field.
    """
    return {name: _taken(request, form, name) for name in names}


def shown(photos: Photos, request: PageRequest) -> dict[str, list[dict[str, str]]]:
    """What a form sent back needs to show them again: digest and small picture."""
    return {
        name: [
            {
                "sha256": file.sha256,
                "thumb": signed_path(file, now=request.now, size=Size.SMALL),
                "name": file.original_name,
            }
            for file in files
        ]
        for name, files in photos.items()
    }


def _taken(request: PageRequest, form: forms.Form, name: str) -> list[StoredFile]:
    kept = [stored_file(digest) for digest in request.POST.getlist(f"{name}_kept")]
    found = {file.pk: file for file in kept if file is not None}
    for upload in request.FILES.getlist(name):
        assert upload.file is not None, "an upload has a body"
        try:
            file = store_file(
                upload.name or "photo",
                upload.file,
                by=request.actor,
                now=request.now,
                field=name,
                kinds={Kind.PHOTO},
            )
        except FileError as refused:
            form.add_error(name, refused.message)
        else:
            found[file.pk] = file
    if len(found) > MOST_PHOTOS:
        form.add_error(name, f"最多 {MOST_PHOTOS} 张照片，多出的没有加入。")
    return list(found.values())[:MOST_PHOTOS]
