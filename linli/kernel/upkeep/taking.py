"""Taking a backup of a running installation: one file, complete, of one moment, readable by its owner only."""

from __future__ import annotations

import gzip
import os
import shutil
import tarfile
import tempfile
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO

from linli.kernel.audit.models import AuditSeal
from linli.kernel.engine import portable
from linli.kernel.engine.exchanging import Damaged
from linli.kernel.jobs.heartbeats import beat, note_failure
from linli.kernel.upkeep import sealing
from linli.kernel.upkeep.contents import (
    MANIFEST,
    Manifest,
    digest,
    files_of,
    table_member,
)
from linli.kernel.upkeep.errors import UpkeepError

ENDING = ".linli"
BEAT = "backup"
GZIP_LEVEL = 3
"""Rows shrink to a fifth; a higher level costs three times the time for a tenth of the size."""


@dataclass(frozen=True)
class Taken:
    """A backup that was made."""

    file: Path
    bytes: int
    manifest: Manifest


def take_backup(
    to: Path,
    *,
    home: Path,
    now: datetime,
    passphrase: str = "",
    with_keys: bool = True,
    with_files: bool = True,
) -> Taken:
    """Write a backup into the folder or to the file `to`; nothing is held up while it is made.

    Raises:
        UpkeepError: the database is damaged, or the place cannot be written to.
    """
    try:
        file = _place(to, now)
        with tempfile.TemporaryDirectory(prefix="copying-", dir=file.parent) as folder:
            part = Path(folder) / "archive"
            manifest = _write(part, Path(folder), home, now, keys=with_keys, files=with_files)
            if passphrase:
                part = _sealed(part, passphrase)
            part.chmod(0o600)
            part.replace(file)
        _flush(file.parent)
    except Damaged as problem:
        raise UpkeepError(
            f"数据库已损坏，没有做成备份（{problem}）。请停止邻里，用最近一份好的备份恢复：bin/linli restore 文件"
        ) from problem
    except OSError as problem:
        raise UpkeepError(f"备份没有写成：{problem}。请检查 {to} 的空间和权限。") from problem
    return Taken(file, file.stat().st_size, manifest)


def _place(to: Path, now: datetime) -> Path:
    if to.suffix == ENDING:
        to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return to
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    return to / f"linli-{now:%Y%m%d-%H%M%S}{ENDING}"


def _write(
    part: Path, folder: Path, home: Path, now: datetime, *, keys: bool, files: bool
) -> Manifest:
    with tarfile.open(part, "w", format=tarfile.PAX_FORMAT) as archive:
        # The rows first: a file never changes once it is written, so what rows point at is there afterwards.
        with portable.snapshot(folder):
            manifest = _add_rows(archive, folder, now, keys=keys)
        if files:
            for file, name in files_of(home, with_keys=keys):
                _add(archive, file, name, manifest)
        manifest = replace(manifest, files=sum(n.startswith("home/") for n in manifest.members))
        text = folder / MANIFEST
        text.write_bytes(manifest.text())
        archive.add(text, MANIFEST)
    with part.open("rb+") as written:
        os.fsync(written.fileno())
    return manifest


def _add_rows(archive: tarfile.TarFile, folder: Path, now: datetime, *, keys: bool) -> Manifest:
    applied = portable.applied_migrations()
    # Only what every version of the table has: a copy is wanted most of all before an upgrade.
    end = AuditSeal.objects.filter(pk=1).values_list("sequence", "line_hash").first() or (0, "")
    manifest = Manifest(
        made_at=now.isoformat(),
        engine=portable.engine_name(),
        migrations=[list(one) for one in applied],
        chain_sealed=end[0],
        chain_head=end[1],
        with_keys=keys,
    )
    for table in portable.tables(applied):
        file = folder / "rows"
        count = 0
        with gzip.open(file, "wb", compresslevel=GZIP_LEVEL) as out:
            for row in portable.rows_of(table):
                out.write(portable.encoded(row))
                count += 1
        manifest.tables[table.name] = count
        manifest.columns[table.name] = table.columns
        _add(archive, file, table_member(table.name), manifest)
    return manifest


def _add(archive: tarfile.TarFile, file: Path, name: str, manifest: Manifest) -> None:
    try:
        body: IO[bytes] = file.open("rb")
    except FileNotFoundError:  # cleared away meanwhile, so no row points at it
        return
    with body:
        entry = archive.gettarinfo(arcname=name, fileobj=body)
        entry.mode, entry.uid, entry.gid, entry.uname, entry.gname = 0o600, 0, 0, "", ""
        manifest.members[name] = digest(body)
        body.seek(0)
        archive.addfile(entry, body)


def _sealed(part: Path, passphrase: str) -> Path:
    sealed = part.with_suffix(".sealed")
    with part.open("rb") as plain, sealed.open("wb") as out:
        sealing.seal(plain, out, passphrase)
        out.flush()
        os.fsync(out.fileno())
    part.unlink()
    return sealed


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def back_up_daily(folder: Path, *, home: Path, now: datetime, passphrase: str, keep: int) -> Taken:
    """The backup of the day: older ones than the last `keep` go, and whether it succeeded is known to the health."""
    clear_halves(folder)
    try:
        taken = take_backup(folder, home=home, now=now, passphrase=passphrase)
    except UpkeepError as problem:
        note_failure(BEAT, problem.message, now=now)
        raise
    forget_old(folder, keep=keep)
    beat(BEAT, now=now, detail=f"{taken.file.name} {taken.bytes}")
    return taken


def forget_old(folder: Path, *, keep: int) -> list[str]:
    """Delete all but the newest `keep` backups of a folder; the names deleted."""
    found = sorted(folder.glob(f"linli-????????-??????{ENDING}"))
    old = found[: max(len(found) - keep, 0)]
    for file in old:
        file.unlink(missing_ok=True)
    return [file.name for file in old]


def clear_halves(folder: Path) -> None:
    """Remove what a backup that was killed left behind."""
    for left in folder.glob("copying-*"):
        shutil.rmtree(left, ignore_errors=True)
