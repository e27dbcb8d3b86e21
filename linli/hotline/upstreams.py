"""The hotline platforms this installation exchanges orders with, as the operator wrote them down.

`LINLI_HOME/hotline.json`:

    {"upstreams": [{"code": "city", "name": "市民热线", "address": "https://hotline.example/api",
                    "pull_minutes": 5, "digest": "sha256",
                    "statuses": {"sign_for": {"status": "20", "name": "已签收"}, "pass_check": null}}]}

`statuses` says what each step of a case is called over there; null means that the step is not told, on purpose. A
platform that gives none uses `data/statuses.json`; one that gives some has to give every step, since a step that is
missing is a failure that staff see, never silence. Secrets do not stand in the file: the environment variable
LINLI_HOTLINE_SECRET_<CODE>, or the file `LINLI_HOME/hotline_secrets/<code>` that only its owner can read.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from linli.cases.flow import MOVES
from linli.hotline.errors import BadSettings, UnknownUpstream
from linli.hotline.signing import DIGESTS
from linli.kernel.engine.remembered import Remembered

FILE = "hotline.json"
SECRETS = "hotline_secrets"
SHIPPED = Path(__file__).parent / "data" / "statuses.json"

TAKEN = "taken"
EXTEND = "extend"
STEPS = (TAKEN, EXTEND, *MOVES)
"""What a platform may be told of: that the order arrived, that its limit was extended, and every move."""

LEAST_SECRET = 16
"""Shortest secret; characters. Shorter ones can be guessed from a recorded request."""

PULL_MINUTES = (0, 1_440)
"""How often new orders are asked for; minutes, 0 means never."""

_CODE = re.compile(r"[a-z][a-z0-9_]{1,30}")


@dataclass(frozen=True)
class Status:
    """What a step is called at a platform: its code there, and a word for our staff."""

    status: str
    name: str


@dataclass(frozen=True)
class Upstream:
    """One platform. `address` has no slash at its end; a step mapped to None is not told."""

    code: str
    name: str
    address: str
    pull_minutes: int
    digest: str
    statuses: Mapping[str, Status | None]

    @property
    def unmapped(self) -> list[str]:
        """Steps of which nothing is said; each would stop at the queue."""
        return [step for step in STEPS if step not in self.statuses]


def upstreams() -> dict[str, Upstream]:
    """Every platform by its code, at most three seconds old; none without the file.

    Raises:
        BadSettings: the file cannot be read; the sentence says what is wrong in it.
    """
    return _known(str(settings.LINLI_HOME))


def upstream(code: str) -> Upstream:
    """Raises `UnknownUpstream`."""
    found = upstreams().get(code)
    if found is None:
        raise UnknownUpstream(f"没有配置编码为“{code[:32]}”的上游平台。", field="upstream")
    return found


def secret_of(code: str) -> str:
    """The secret shared with a platform.

    Raises:
        BadSettings: there is none, or it is too short.
    """
    given = os.environ.get(f"LINLI_HOTLINE_SECRET_{code.upper()}", "")
    file = Path(settings.LINLI_HOME) / SECRETS / code
    if not given and file.is_file():
        given = file.read_text(encoding="utf-8").strip()
    if len(given) < LEAST_SECRET:
        raise BadSettings(
            f"上游平台“{code}”没有密钥，或不足 {LEAST_SECRET} 位：请写入 {file}，"
            f"或设置环境变量 LINLI_HOTLINE_SECRET_{code.upper()}。",
            field="secret",
        )
    return given


def set_up(code: str, *, name: str, address: str) -> Path:
    """Add a platform to the file and make its secret unless there is one; where the secret lies."""
    home = Path(settings.LINLI_HOME)
    rows = [row for row in _rows(home / FILE) if row.get("code") != code]
    row = {"code": code, "name": name, "address": address, "pull_minutes": 5}
    _upstream(row)
    text = json.dumps({"upstreams": [*rows, row]}, ensure_ascii=False, indent=2)
    home.mkdir(parents=True, exist_ok=True)
    (home / FILE).write_text(text + "\n", encoding="utf-8")
    file = home / SECRETS / code
    file.parent.mkdir(mode=0o700, exist_ok=True)
    if not file.exists():
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as out:
            out.write(secrets.token_urlsafe(32))
    _known.forget()
    return file


def _read(home: str) -> dict[str, Upstream]:
    found = [_upstream(row) for row in _rows(Path(home) / FILE)]
    if len({one.code for one in found}) != len(found):
        raise BadSettings(f"{FILE}：有两个上游平台用了同一个编码。", field="code")
    return {one.code: one for one in found}


_known: Remembered[dict[str, Upstream]] = Remembered(_read, seconds=3.0)


def _rows(file: Path) -> list[dict[str, Any]]:
    if not file.is_file():
        return []
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))["upstreams"]
    except (ValueError, KeyError, TypeError) as problem:
        raise BadSettings(f"{file} 读不出来：{problem}。", field="upstreams") from problem
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadSettings(f"{file}：upstreams 应为列表。", field="upstreams")
    return rows


def _upstream(row: Mapping[str, Any]) -> Upstream:
    code, address = str(row.get("code", "")), str(row.get("address", "")).rstrip("/")
    if not _CODE.fullmatch(code):
        raise BadSettings(f"{FILE}：编码“{code[:32]}”应为小写字母开头的字母数字。", field="code")
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query:
        raise BadSettings(f"{FILE}：{code} 的 address 应为 http(s) 地址。", field="address")
    digest = str(row.get("digest", DIGESTS[0]))
    if digest not in DIGESTS or digest not in hashlib.algorithms_available:
        raise BadSettings(
            f"{FILE}：{code} 的 digest 应为 {'、'.join(DIGESTS)}，且本机支持。", field="digest"
        )
    minutes = row.get("pull_minutes", 5)
    if not isinstance(minutes, int) or not PULL_MINUTES[0] <= minutes <= PULL_MINUTES[1]:
        raise BadSettings(f"{FILE}：{code} 的 pull_minutes 应为 0 到 1440。", field="pull_minutes")
    given = row.get("statuses")
    table = _shipped() if given is None else given
    return Upstream(
        code, str(row.get("name") or code)[:40], address, minutes, digest, _statuses(code, table)
    )


def _shipped() -> Any:
    return json.loads(SHIPPED.read_text(encoding="utf-8"))


def _statuses(code: str, table: Any) -> dict[str, Status | None]:
    if not isinstance(table, dict) or set(table) - set(STEPS):
        odd = "、".join(sorted(set(table) - set(STEPS))) if isinstance(table, dict) else ""
        raise BadSettings(f"{FILE}：{code} 的 statuses 有不认识的环节 {odd}。", field="statuses")
    found: dict[str, Status | None] = {}
    for step, value in table.items():
        if value is None:
            found[step] = None
        elif isinstance(value, dict) and isinstance(value.get("status"), str) and value["status"]:
            name = str(value.get("name") or value["status"])
            found[step] = Status(value["status"][:32], name[:32])
        else:
            raise BadSettings(
                f'{FILE}：{code} 的 statuses.{step} 应为 {{"status": …, "name": …}} 或 null。',
                field="statuses",
            )
    return found
