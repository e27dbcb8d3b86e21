"""The settings of one installation: `linli.conf` in its data folder, read by every program; the environment wins.

    database_url = "postgresql://linli@db.example/street"
    hosts = "linli.example"
    https = true

A line is a setting without its `LINLI_`, in small letters. The format is TOML; only plain values, no sections. A value
becomes what the environment would say: true is 1, a list is joined by commas. No file is no setting.
Uses nothing but Python's own library: the program that starts the others reads it before there is a framework.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path

NAME = "linli.conf"
PREFIX = "LINLI_"
HEAD = "# Settings of this installation; see docs/run/README.md. The environment wins over this file.\n"


class BadConfiguration(Exception):
    """The file cannot be read; the message names the line or the setting and what was expected."""


def read(home: Path) -> dict[str, str]:
    """The settings of the file, by the name they have in the environment.

    Raises:
        BadConfiguration: no TOML, or a value that is no text, number, truth or list of those.
    """
    file = home / NAME
    try:
        given = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise BadConfiguration(f'{file} 读不了：{problem}。每行写成 名称 = "值"。') from problem
    return {PREFIX + name.upper(): _text(file, name, value) for name, value in given.items()}


def _text(file: Path, name: str, value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (str, int, float)):
        return str(value)
    if isinstance(value, list):
        return ",".join(_text(file, name, one) for one in value)
    raise BadConfiguration(f"{file} 里的 {name} 应是文字、数字、true/false 或它们的列表。")


def apply(home: Path) -> None:
    """Put the settings of the file into the environment of this process, where it does not say otherwise."""
    for name, value in read(home).items():
        os.environ.setdefault(name, value)


def unknown(home: Path, *, known_in: Path) -> list[str]:
    """Settings of the file that the source `known_in` never asks for: misspelt ones."""
    known = set(re.findall(r"LINLI_[A-Z0-9_]+", known_in.read_text(encoding="utf-8")))
    return [
        name.removeprefix(PREFIX).lower()
        for name in read(home)
        if name not in known and not name.startswith("LINLI_HOTLINE_SECRET_")
    ]


def write(home: Path, name: str, value: str) -> None:
    """Set one line of the file (`database_url`), leave every other as it is; "" takes it out."""
    file = home / NAME
    text = file.read_text(encoding="utf-8") if file.exists() else HEAD
    kept = [line for line in text.splitlines() if not re.match(rf"\s*{name}\s*=", line)]
    if value:
        kept.append(f"{name} = {json.dumps(value, ensure_ascii=False)}")
    part = file.with_name(f"{NAME}.{os.getpid()}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write("\n".join(kept) + "\n")
    part.replace(file)
