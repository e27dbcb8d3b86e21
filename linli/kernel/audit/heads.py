"""The end of the chain, published where whoever changes the database cannot change it too.

A head says how many lines there were and what the last one's hash was. It is a line of `heads.jsonl` in a folder that
should leave the machine, a message to another one, and a short code that a person can write down:

    1234-5F0A-91C2-77DE-04B8        line 1234, the first 16 digits of its hash
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from linli.kernel.audit.models import AuditLine, AuditSeal

FILE = "heads.jsonl"
RESTORED = "upkeep.restored"
"""The line a restoring leaves; `sealed` in its detail is how long the chain was in the backup."""


@dataclass(frozen=True)
class Head:
    """The end of the chain at one time; `line_hash` may be its beginning only."""

    sequence: int
    line_hash: str
    at: str = ""

    @property
    def code(self) -> str:
        digits = self.line_hash[:16].upper()
        return "-".join([str(self.sequence), *(digits[i : i + 4] for i in range(0, 16, 4))])

    @property
    def text(self) -> str:
        return json.dumps(asdict(self) | {"code": self.code})


def head(*, at: datetime) -> Head | None:
    """The end of the chain now; None before the first line is sealed."""
    end = AuditSeal.objects.filter(pk=1).first()
    return Head(end.sequence, end.line_hash, at.isoformat()) if end and end.sequence else None


def head_of_code(code: str) -> Head | None:
    """What a written code says; None for what is none. Spaces and small letters do no harm."""
    found = re.fullmatch(r"(\d{1,15})([0-9A-F]{16})", re.sub(r"[\s-]", "", code.upper()))
    return Head(int(found[1]), found[2].lower()) if found else None


def write_head(folder: Path, one: Head) -> None:
    """Add a head to the file of a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / FILE).open("a", encoding="utf-8") as file:
        file.write(one.text + "\n")


def read_heads(file: Path) -> list[Head]:
    """The heads of a file, or of the file in a folder, in order; a line that is none is passed over."""
    found = []
    path = file / FILE if file.is_dir() else file
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            facts = json.loads(line)
            found.append(Head(int(facts["sequence"]), str(facts["line_hash"]), str(facts["at"])))
        except (ValueError, KeyError, TypeError):
            continue
    return sorted(found, key=lambda one: one.sequence)


@dataclass(frozen=True)
class Gap:
    """The first published head that the chain does not agree with, and the last before it with which it does."""

    head: Head
    agreed: Head | None
    missing: bool

    @property
    def after(self) -> int:
        """The last line that is proven; whatever is wrong comes after it."""
        return self.agreed.sequence if self.agreed else 0


def gap(heads: Iterable[Head]) -> Gap | None:
    """Compare the chain with published heads; what a restoring has lost is no gap, since it is written in the chain."""
    agreed: Head | None = None
    restored = list(AuditLine.objects.filter(action=RESTORED).values_list("at", "detail"))
    for one in sorted(heads, key=lambda one: one.sequence):
        if any(
            one.sequence > detail.get("sealed", one.sequence) and one.at and one.at < at.isoformat()
            for at, detail in restored
        ):
            continue
        found = AuditLine.objects.filter(sequence=one.sequence).values_list("line_hash", flat=True)
        actual = found.first()
        if actual is None or not actual.startswith(one.line_hash):
            return Gap(one, agreed, missing=actual is None)
        agreed = one
    return None
