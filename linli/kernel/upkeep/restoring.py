"""Putting a backup in place: checked first, loaded beside what is there, compared, and only then exchanged.

Whatever was there before is kept aside and named. When anything goes wrong, it is as it was.
"""

from __future__ import annotations

import os
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.core.management import call_command
from django.db import transaction

from linli.kernel.acting import SYSTEM
from linli.kernel.audit import chain, keys
from linli.kernel.audit.heads import RESTORED
from linli.kernel.audit.keys import AuditKey
from linli.kernel.engine import configuration, exchanging, portable
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.upkeep import sealing
from linli.kernel.upkeep.alone import alone, check_nobody_else
from linli.kernel.upkeep.contents import Manifest, check_members, manifest_of, rows_in
from linli.kernel.upkeep.errors import BadBackup, NotEmpty, WrongPassphrase

Say = Callable[[str], None]


@dataclass
class Restored:
    """What was done. `lost` counts rows by table that the replaced database had more than the backup."""

    manifest: Manifest
    chain_sealed: int
    aside: list[str] = field(default_factory=list)
    lost: dict[str, int] = field(default_factory=dict)


@contextmanager
def opened(file: Path, *, passphrase: str, beside: Path) -> Iterator[tarfile.TarFile]:
    """The archive in a backup file; a sealed one is opened into a temporary file that only the owner reads.

    Raises:
        BadBackup: it is no archive.
        WrongPassphrase: it is sealed, with another passphrase or none given.
    """
    beside.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=beside) as plain:
        try:
            with file.open("rb") as body:
                if not sealing.is_sealed(body):
                    with tarfile.open(fileobj=body, mode="r:") as archive:
                        yield archive
                    return
                if not passphrase:
                    raise WrongPassphrase("这份备份是加密的，请给出口令：--passphrase-file 文件")
                sealing.unseal(body, plain, passphrase)
                plain.seek(0)
                with tarfile.open(fileobj=plain, mode="r:") as archive:
                    yield archive
        except (tarfile.TarError, EOFError) as problem:
            raise BadBackup(f"{file} 不是邻里的备份，或不完整：{problem}") from problem
        except FileNotFoundError as problem:
            raise BadBackup(f"没有这个文件：{problem.filename}") from problem


def restore(
    file: Path,
    *,
    home: Path,
    url: str,
    now: datetime,
    passphrase: str = "",
    replace: bool = False,
    say: Say = lambda _: None,
) -> Restored:
    """Make the installation in `home`, with the database at `url`, what the backup says.

    Raises:
        BadBackup, WrongPassphrase: the file cannot be used; nothing was touched.
        InUse: the installation runs.
        NotEmpty: something is there and `replace` was not asked for.
    """
    with opened(file, passphrase=passphrase, beside=home) as archive, alone(home):
        manifest = manifest_of(archive)
        say("正在核对备份文件……")
        check_members(archive, manifest)
        _check_room(home, url, replace=replace)
        say(f"正在装入 {sum(manifest.tables.values()):,} 行……")
        done = put_database(archive, manifest, home=home, url=url, now=now)
        done.aside += _put_files(archive, home, mark_of(now))
        if (home / configuration.NAME).exists() or url:
            # The copy may come from the other engine; this installation uses the database it was restored into.
            configuration.write(home, "database_url", url)
        (home / "prepared").unlink(missing_ok=True)
    forget_everything()
    return done


def _check_room(home: Path, url: str, *, replace: bool) -> None:
    with exchanging.connected_to(url, home):
        check_nobody_else()
        empty = exchanging.is_empty()
    pictures = home / "files"
    if not replace and (not empty or (pictures.exists() and any(pictures.rglob("*")))):
        raise NotEmpty(
            f"{home} 或它的数据库里已经有数据。确实要换成备份的内容时加上 --replace：现有的数据会留在旁边，不会删除。"
        )


def put_database(
    archive: tarfile.TarFile, manifest: Manifest, *, home: Path, url: str, now: datetime
) -> Restored:
    """Fill the database at `url` from the archive; what it held is set aside, and put back if anything fails."""
    done = Restored(manifest, 0)
    mark = mark_of(now)
    with exchanging.connected_to(url, home):
        before = exchanging.row_counts()
    with exchanging.exchanged(url, home, mark) as aside:
        _load(archive, manifest)
        _count_again(manifest)
        call_command("migrate", interactive=False, verbosity=0)
        done.chain_sealed = _walk_chain(archive)
        _note(manifest, done.chain_sealed, now=now)
    done.aside += [aside()] if aside() else []
    done.lost = {
        name: count - manifest.tables[name]
        for name, count in before.items()
        if count > manifest.tables.get(name, count)
    }
    return done


def _load(archive: tarfile.TarFile, manifest: Manifest) -> None:
    applied = [(one[0], one[1]) for one in manifest.migrations]
    newer = portable.unknown_migrations(applied)
    if newer:
        raise BadBackup(f"这份备份由更新版本的邻里制作（{newer[0]}），请先升级程序再恢复。")
    portable.build(applied)
    made = portable.tables(applied)
    with transaction.atomic():
        for table in made:
            if table.columns != manifest.columns.get(table.name):
                raise BadBackup(f"备份里的表 {table.name} 与程序不符，请用制作备份的版本恢复。")
            portable.put_rows(table, rows_in(archive, table.name))
        portable.finish(made)


def mark_of(now: datetime) -> str:
    """How what was replaced is called."""
    return f"before-{now:%Y%m%d-%H%M%S}"


def _note(manifest: Manifest, sealed: int, *, now: datetime) -> None:
    """Leave a line in the chain: what was published after the backup is lost, and not taken away."""
    chain.write(
        at=now,
        actor_kind=SYSTEM.kind,
        account_id=None,
        actor_name=SYSTEM.name,
        action=RESTORED,
        subject="",
        detail={"made_at": manifest.made_at, "sealed": sealed},
    )


def _count_again(manifest: Manifest) -> None:
    exchanging.check_whole()
    for table in portable.tables((one[0], one[1]) for one in manifest.migrations):
        if portable.count(table) != manifest.tables[table.name]:
            raise BadBackup(f"装入后 {table.name} 的行数与备份不符，没有更换任何东西。")


def _walk_chain(archive: tarfile.TarFile) -> int:
    """Walk the audit chain as it was loaded; its length."""
    found = chain.verify(key=_key_in(archive))
    if found.broken_at is not None:
        raise BadBackup(
            f"备份里的审计链在第 {found.broken_at} 条断开，没有更换任何东西。请用另一份备份。"
        )
    return found.sealed


def _key_in(archive: tarfile.TarFile) -> AuditKey | None:
    try:
        member = archive.extractfile(f"home/{keys.NAME}")
    except KeyError:
        return None
    return keys.parsed(member.read().decode()) if member else None


def _put_files(archive: tarfile.TarFile, home: Path, mark: str) -> list[str]:
    """Write the files of the archive into the data folder; where those they replace have been put."""
    aside = home / mark
    tops = {name.split("/")[1] for name in _home_members(archive)}
    kept = []
    for top in sorted(tops):
        if (home / top).exists():
            aside.mkdir(mode=0o700, exist_ok=True)
            (home / top).replace(aside / top)
            kept.append(str(aside / top))
    for name in _home_members(archive):
        target = home / name.removeprefix("home/")
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        body = archive.extractfile(name)
        assert body is not None, "only regular files pass the check"
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            while part := body.read(1 << 20):
                out.write(part)
    return kept


def _home_members(archive: tarfile.TarFile) -> list[str]:
    return [name for name in archive.getnames() if name.startswith("home/")]


def age(manifest: Manifest, *, now: datetime) -> str:
    """How long ago the backup was made, for people."""
    hours, minutes = divmod(int((now - manifest.at).total_seconds()) // 60, 60)
    days, hours = divmod(hours, 24)
    return f"{days} 天 {hours} 小时" if days else f"{hours} 小时 {minutes} 分钟"
