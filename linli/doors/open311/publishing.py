"""What of a text may be published: telephone and identity numbers, e-mail addresses and the reporter's name are masked.

People write their number into the description however often one asks them not to. Example:
「王奶奶，电话 19900001234」 by a reporter called 王奶奶 is published as 「王**，电话 199****1234」, and the
address 「春晓苑3幢2单元501」 as 「春晓苑3幢」.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from linli.doors.open311.rendering import clean_text
from linli.kernel.privacy.masks import mask_email, mask_id_number, mask_name, mask_phone

LONGEST_TEXT = 4_000
"""Characters of a description; fixed by the spec."""

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<!\d)(?:(?:\+|00)?86[ -]?)?1\d{2}[ -]?\d{4}[ -]?\d{4}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(?<!\d\.)0\d{2,3}[ -]?\d{7,8}(?!\d)")
_DOOR = re.compile(
    r"\s*[0-9０-９一二三四五六七八九十]+\s*(?:单元|室|户|层|楼(?!下|前|后)).*", re.DOTALL
)


def published_text(text: str, reporters: Iterable[tuple[str, str]] = ()) -> str:
    """The text with personal values masked, at most 4,000 characters. `reporters` are pairs of name and phone."""
    text = clean_text(text)
    for name, phone in reporters:
        if len(name) > 1:
            text = text.replace(name, mask_name(name))
        if len(phone) > 4:
            text = text.replace(phone, mask_phone(phone))
    text = _EMAIL.sub(lambda found: mask_email(found[0]), text)
    text = _ID_NUMBER.sub(lambda found: mask_id_number(found[0]), text)
    text = _MOBILE.sub(lambda found: mask_phone(found[0]), text)
    text = _LANDLINE.sub(lambda found: mask_phone(found[0]), text)
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def published_address(address: str, reporters: Iterable[tuple[str, str]] = ()) -> str:
    """The address down to the building; staircase, storey and door are left out."""
    return published_text(_DOOR.sub("", address), reporters)
