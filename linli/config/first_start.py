"""Brings the database up to date and, when it is new, fills it: with the demo, or with one administrator.

    python -m linli.config.first_start [--empty]

May be stopped at any moment and run again. A demo that was interrupted is thrown away and made anew; this is
safe because nobody could have used that database yet.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from linli.config import clock


class DemoAccount(Protocol):
    """What the demo tells about an account it opened; the password was drawn for this installation."""

    @property
    def username(self) -> str: ...
    @property
    def password(self) -> str: ...
    @property
    def title(self) -> str: ...


def main() -> int:
    django.setup()
    making = Path(settings.LINLI_HOME) / "demo-in-the-making"
    if making.exists() and not _throw_away(making):
        print(
            "上次装入演示数据时中断了，而数据库不是内置的，不能自动清除。\n"
            "请把 LINLI_DATABASE_URL 指向的数据库清空后重新运行。",
            file=sys.stderr,
        )
        return 1
    new = not connection.introspection.table_names()
    with_demo = new and "--empty" not in sys.argv and find_spec("linli.demo.build") is not None
    if with_demo:
        making.touch()
    call_command("migrate", interactive=False, verbosity=0)
    if with_demo:
        print("正在装入演示街道……", flush=True)
        _write_accounts(import_module("linli.demo.build").build_demo(now=clock.now()))
        making.unlink()
    return 0


def _throw_away(making: Path) -> bool:
    """Remove the half-made embedded database; False if the database is not a file of ours."""
    name = Path(str(settings.DATABASES["default"]["NAME"]))
    if not name.is_absolute():
        return False
    for file in name.parent.glob(name.name + "*"):
        file.unlink()
    making.unlink()
    return True


def _write_accounts(accounts: Iterable[DemoAccount]) -> None:
    file = Path(settings.LINLI_HOME) / "demo_accounts.json"
    rows = [{"username": a.username, "password": a.password, "title": a.title} for a in accounts]
    with os.fdopen(
        os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as out:
        json.dump(rows, out, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    sys.exit(main())
