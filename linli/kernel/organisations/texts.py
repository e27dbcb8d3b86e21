"""Text that somebody typed into a form: trimmed, not too long, and no shorter than it must be.

name = checked(" 城管队 ", error=OrganizationInvalid, field="name", label="名称", most=80)   # "城管队"
"""

from __future__ import annotations

import re

from linli.kernel.errors import LinliError

_PHONE = re.compile(r"[0-9+\-() 转]{3,}")
_CODE = re.compile(r"[A-Za-z0-9_-]+")


def checked(
    text: str, *, error: type[LinliError], field: str, label: str, most: int, needed: bool = True
) -> str:
    """The trimmed text; raises `error` with a sentence that names the field when it cannot be stored."""
    trimmed = " ".join(text.split())
    if needed and not trimmed:
        raise error(f"请填写{label}。", field=field)
    if len(trimmed) > most:
        raise error(f"{label}最多 {most} 个字，现在有 {len(trimmed)} 个，请缩短。", field=field)
    return trimmed


def checked_phone(text: str, *, error: type[LinliError], most: int = 32) -> str:
    """A telephone number as it is written, with an extension perhaps; empty is allowed."""
    phone = checked(text, error=error, field="phone", label="电话", most=most, needed=False)
    if phone and not _PHONE.fullmatch(phone):
        raise error(
            f"“{phone}”不像电话号码，请只写数字、加号、短横和“转”，例如 0571-99000123 转 8。",
            field="phone",
        )
    return phone


def checked_code(text: str, *, error: type[LinliError], field: str, label: str, most: int) -> str:
    """A code that people type and compare: letters, digits, hyphen and underscore."""
    code = checked(text, error=error, field=field, label=label, most=most)
    if not _CODE.fullmatch(code):
        raise error(f"{label}“{code}”只能用英文字母、数字、短横和下划线，例如 CG-01。", field=field)
    return code
