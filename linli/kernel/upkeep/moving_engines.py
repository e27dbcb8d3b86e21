"""From one engine to the other: the rows go over, counted and with the audit chain walked; the files stay."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from linli.kernel.engine import configuration, exchanging
from linli.kernel.engine.database import UnknownEngine, url_of
from linli.kernel.upkeep.alone import alone, check_nobody_else
from linli.kernel.upkeep.contents import manifest_of
from linli.kernel.upkeep.errors import BadTarget, NotEmpty
from linli.kernel.upkeep.restoring import Restored, Say, opened, put_database
from linli.kernel.upkeep.taking import take_backup


def move(
    to: str, *, home: Path, now: datetime, replace: bool = False, say: Say = lambda _: None
) -> tuple[Restored, Path]:
    """Copy the running database's rows to the database at `to` and write it into the configuration.

    What was copied stays as a backup without files; the old database is left as it is.

    Raises:
        InUse: Linli runs here, or others speak to one of the databases.
        BadTarget: `to` cannot be reached, or is the same database.
        NotEmpty: it holds something and `replace` was not asked for.
    """
    with alone(home):
        check_nobody_else()
        _check_target(to, home=home, replace=replace)
        say("正在读出现有的数据……")
        copy = take_backup(
            home / "backups" / f"before-move-{now:%Y%m%d-%H%M%S}.linli",
            home=home,
            now=now,
            with_keys=False,
            with_files=False,
        )
        say(f"正在写入 {sum(copy.manifest.tables.values()):,} 行……")
        with opened(copy.file, passphrase="", beside=home) as archive:
            done = put_database(
                archive,
                manifest_of(archive),
                home=home,
                url=url_of(to),
                now=now,
            )
        configuration.write(home, "database_url", url_of(to))
        (home / "prepared").unlink(missing_ok=True)
    return done, copy.file


def _check_target(to: str, *, home: Path, replace: bool) -> None:
    here = exchanging.place()
    try:
        with exchanging.connected_to(url_of(to), home):
            if exchanging.place() == here:
                raise BadTarget("目标就是现在的数据库。", field="to")
            exchanging.check_reached()
            check_nobody_else()
            empty = exchanging.is_empty()
    except UnknownEngine as problem:
        raise BadTarget(
            "--to 写 postgresql://用户:口令@主机:5432/库名，或 sqlite。", field="to"
        ) from problem
    except exchanging.Damaged as problem:
        raise BadTarget(f"连不上目标数据库：{problem}", field="to") from problem
    if not empty and not replace:
        raise NotEmpty("目标数据库里已经有数据。请用空的数据库；确实要换掉时加上 --replace。")
