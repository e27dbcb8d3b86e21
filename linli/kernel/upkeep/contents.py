"""What a backup holds: one tar file, its manifest last, so that a file that was cut off has none.

tables/<table>.jsonl.gz     a row a line, see `engine/portable.py`
home/<path>                 files of the data folder: pictures, models, hotline, configuration, keys
manifest.json               when, of what, how many rows, and the SHA-256 of every other member
"""

from __future__ import annotations

import gzip
import hashlib
import json
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from linli.kernel.engine.portable import Row
from linli.kernel.upkeep.errors import BadBackup

FORMAT = 1
MANIFEST = "manifest.json"
SECRETS = ("secret_key", "audit_key", "hotline_secrets")
"""Names in the data folder that open doors; left out on request."""

OF_THE_MACHINE = (
    "run.lock", "prepared", "logs", "static", "backups", "outgoing", "audit-heads", "demo-wanted",
    "run.ready",
)  # fmt: skip
"""What belongs to this machine or can be made again; everything else in the folder is data."""

NOT_WHOLE = "备份文件不完整或被改动过，请用另一份备份。"


@dataclass(frozen=True)
class Manifest:
    """What the file says of itself. `tables` holds rows by table, `columns` their order, `members` the digests."""

    made_at: str
    engine: str
    migrations: list[list[str]]
    chain_sealed: int
    chain_head: str
    with_keys: bool
    files: int = 0
    tables: dict[str, int] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)
    members: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.made_at)

    def text(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode()


def files_of(home: Path, *, with_keys: bool) -> Iterator[tuple[Path, str]]:
    """(file, name in the archive) of everything in the data folder that is data and no database."""
    for top in sorted(home.iterdir()) if home.exists() else []:
        if not _is_data(top.name) or (top.name in SECRETS and not with_keys):
            continue
        for file in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if file.is_file() and not file.is_symlink() and file.parent.name != "incoming":
                yield file, f"home/{file.relative_to(home).as_posix()}"


def _is_data(name: str) -> bool:
    aside = name.startswith(("before-", "restoring", ".", "copying-"))
    return name not in OF_THE_MACHINE and not aside and ".sqlite3" not in name


def manifest_of(archive: tarfile.TarFile) -> Manifest:
    """Read the manifest.

    Raises:
        BadBackup: there is none, or it is of a later format.
    """
    try:
        member = archive.extractfile(MANIFEST)
        assert member is not None, "the manifest is a regular file"
        found: dict[str, Any] = json.loads(member.read())
        if found.get("format", 0) > FORMAT:
            raise BadBackup("这份备份由更新版本的邻里制作，请先升级程序再恢复。")
        return Manifest(**found)
    except (KeyError, ValueError, TypeError, AssertionError, tarfile.TarError, EOFError):
        raise BadBackup(NOT_WHOLE) from None


def check_members(archive: tarfile.TarFile, manifest: Manifest) -> None:
    """Compare every member with the digest in the manifest, and the tables with their counts.

    Raises:
        BadBackup: a member is missing, changed, or no file of ours.
    """
    left = dict(manifest.members)
    for member in archive:
        if member.name == MANIFEST:
            continue
        body = archive.extractfile(member) if member.isreg() and _decent(member.name) else None
        if body is None or left.pop(member.name, None) != digest(body):
            raise BadBackup(f"{NOT_WHOLE}（{member.name}）")
    if left:
        raise BadBackup(f"{NOT_WHOLE}（缺 {min(left)}）")
    for table, count in manifest.tables.items():
        if sum(1 for _ in _lines(archive, table)) != count:
            raise BadBackup(f"{NOT_WHOLE}（{table} 的行数不符）")


def _decent(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return len(parts) > 1 and parts[0] in ("tables", "home") and ".." not in parts


def digest(body: Any) -> str:
    """SHA-256 of what is left of a file."""
    return hashlib.file_digest(body, "sha256").hexdigest()


def rows_in(archive: tarfile.TarFile, table: str) -> Iterator[Row]:
    """The rows of one table."""
    for line in _lines(archive, table):
        yield json.loads(line)


def _lines(archive: tarfile.TarFile, table: str) -> Iterator[bytes]:
    try:
        member = archive.extractfile(table_member(table))
    except KeyError:
        member = None
    if member is None:
        raise BadBackup(f"{NOT_WHOLE}（缺 {table}）")
    with gzip.open(member) as lines:
        yield from lines


def table_member(table: str) -> str:
    return f"tables/{table}.jsonl.gz"
