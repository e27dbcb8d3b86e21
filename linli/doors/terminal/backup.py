"""`linli backup | restore | move`: everything in one file, and back into either engine.

linli backup --to /backup --passphrase-file /root/passphrase
linli restore /backup/linli-20261128-020000.linli --replace
linli restore 文件 --check
linli move --to postgresql://linli:…@db.example/street
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from django.conf import settings
from django.utils.module_loading import import_string

from linli.doors.terminal.output import console, print_json
from linli.kernel.engine import database
from linli.kernel.upkeep.contents import Manifest, check_members, manifest_of
from linli.kernel.upkeep.errors import BadBackup
from linli.kernel.upkeep.moving_engines import move as move_engines
from linli.kernel.upkeep.restoring import Restored, age, opened
from linli.kernel.upkeep.restoring import restore as put_back
from linli.kernel.upkeep.taking import back_up_daily, clear_halves, take_backup

AsJson = Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象。")]
PassphraseFile = Annotated[
    Path | None, typer.Option("--passphrase-file", help="第一行是口令的文件。")
]
Replace = Annotated[bool, typer.Option("--replace", help="换掉现有的数据；现有的留在旁边。")]

NAMES = {
    "cases_report": "上报",
    "cases_case": "案件",
    "cases_casemove": "办理记录",
    "audit_auditline": "审计记录",
    "files_storedfile": "照片和文件",
}
"""Tables a person asks about first."""


def register(app: typer.Typer) -> None:
    """Add the three commands."""
    app.command(name="backup")(backup)
    app.command(name="restore")(restore)
    app.command(name="move")(move)


def backup(
    to: Annotated[
        Path | None, typer.Option(help="文件夹，或以 .linli 结尾的文件；不写就是设置里的文件夹。")
    ] = None,
    passphrase_file: PassphraseFile = None,
    *,
    without_keys: Annotated[
        bool, typer.Option("--without-keys", help="不含密钥；恢复时要另外放回。")
    ] = False,
    daily: Annotated[
        bool, typer.Option("--daily", help="按设置做今天的备份：保留几份、记下成败。")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """备份全部数据到一个文件；邻里可以照常运行。"""
    home = Path(settings.LINLI_HOME)
    if daily:
        back_up_daily(
            backup_folder(),
            home=home,
            now=_now(),
            passphrase=_passphrase(_configured_passphrase_file()),
            keep=settings.LINLI_BACKUP_KEEP,
        )
        return
    folder = to or backup_folder()
    if folder.suffix != ".linli":
        clear_halves(folder)
    taken = take_backup(
        folder,
        home=home,
        now=_now(),
        passphrase=_passphrase(passphrase_file),
        with_keys=not without_keys,
    )
    if as_json:
        print_json({"file": taken.file, "bytes": taken.bytes, **_facts(taken.manifest)})
        return
    console.print(
        f"已备份到 {taken.file}（{taken.bytes / 1e6:,.1f} MB）：{_rows(taken.manifest)}，"
        f"{taken.manifest.files} 个文件，审计链 {taken.manifest.chain_sealed} 条。",
        markup=False,
    )
    console.print(_about_keys(without_keys=without_keys, sealed=passphrase_file is not None))


def _about_keys(*, without_keys: bool, sealed: bool) -> str:
    if without_keys:
        return "没有包含密钥（secret_key、audit_key、热线密钥）：请另外保管，恢复时先放回数据目录。"
    if sealed:
        return "已加密。口令请另外保管：没有口令，谁也打不开。"
    return "[yellow]文件含密钥和居民的个人信息，没有加密：请像档案一样保管，或用 --passphrase-file 加密。[/yellow]"


def restore(
    file: Annotated[Path, typer.Argument(help="备份文件。")],
    passphrase_file: PassphraseFile = None,
    *,
    replace: Replace = False,
    check: Annotated[bool, typer.Option("--check", help="只核对文件，什么也不改。")] = False,
    as_json: AsJson = False,
) -> None:
    """用备份恢复，也可以恢复到另一种数据库；先核对，再更换。"""
    home = Path(settings.LINLI_HOME)
    passphrase = _passphrase(passphrase_file)
    if check:
        with opened(file, passphrase=passphrase, beside=file.parent) as archive:
            manifest = manifest_of(archive)
            check_members(archive, manifest)
        _tell(_facts(manifest), f"{file} 完整：{_described(manifest)}", as_json=as_json)
        return
    database.let_files_be_made()
    done = put_back(
        file,
        home=home,
        url=settings.LINLI_DATABASE_URL,
        now=_now(),
        passphrase=passphrase,
        replace=replace,
        say=lambda words: console.print(words, markup=False),
    )
    facts = _facts(done.manifest) | {"aside": done.aside, "lost": done.lost}
    _tell(facts, _restored(done), as_json=as_json)


def _restored(done: Restored) -> str:
    lines = [
        f"已恢复：{_described(done.manifest)}",
        f"行数逐表相符，审计链 {done.chain_sealed} 条完整。",
        f"备份之后（{age(done.manifest, now=_now())}内）上报和办理的事不在里面，请向当班人员核对。",
    ]
    if done.lost:
        lost = [f"{NAMES[name]} {done.lost[name]} 条" for name in NAMES if name in done.lost]
        rest = sum(count for name, count in done.lost.items() if name not in NAMES)
        lost += [f"其他 {rest} 行"] if rest else []
        lines.append("被换下的数据库里比备份多：" + "、".join(lost) + "。")
    lines += [f"原来的留在：{place}" for place in done.aside]
    lines.append("现在可以启动：bin/run")
    return "\n".join(lines)


def move(
    to: Annotated[str, typer.Option(help="postgresql://用户:口令@主机:5432/库名，或 sqlite。")],
    *,
    replace: Replace = False,
    as_json: AsJson = False,
) -> None:
    """把数据搬到另一种数据库，并记进 linli.conf；照片等文件不动。"""
    database.let_files_be_made()
    done, copy = move_engines(
        to,
        home=Path(settings.LINLI_HOME),
        now=_now(),
        replace=replace,
        say=lambda words: console.print(words, markup=False),
    )
    words = (
        f"已搬到新的数据库：{_rows(done.manifest)}，逐表相符，审计链 {done.chain_sealed} 条完整。\n"
        f"linli.conf 里已写上新的 database_url；原来的数据库没有动，另存了一份：{copy}\n"
        "环境变量 LINLI_DATABASE_URL 优先于 linli.conf，如果设了请改掉。"
    )
    _tell(_facts(done.manifest) | {"copy": copy}, words, as_json=as_json)


def _configured_passphrase_file() -> Path | None:
    given = settings.LINLI_BACKUP_PASSPHRASE_FILE
    return Path(given) if given else None


def backup_folder() -> Path:
    """Where backups go when nobody says where."""
    given = settings.LINLI_BACKUP_FOLDER
    return Path(given) if given not in ("", "off") else Path(settings.LINLI_HOME) / "backups"


def _described(manifest: Manifest) -> str:
    made = manifest.at.astimezone()
    return (
        f"{made:%Y-%m-%d %H:%M} 由 {manifest.engine} 制作，{_rows(manifest)}，{manifest.files} 个文件，"
        f"审计链 {manifest.chain_sealed} 条，{'含' if manifest.with_keys else '不含'}密钥。"
    )


def _rows(manifest: Manifest) -> str:
    return f"{len(manifest.tables)} 张表 {sum(manifest.tables.values()):,} 行"


def _facts(manifest: Manifest) -> dict[str, Any]:
    return {
        "made_at": manifest.made_at,
        "engine": manifest.engine,
        "rows": sum(manifest.tables.values()),
        "files": manifest.files,
        "chain_sealed": manifest.chain_sealed,
        "chain_head": manifest.chain_head,
        "with_keys": manifest.with_keys,
    }


def _tell(facts: dict[str, Any], words: str, *, as_json: bool) -> None:
    if as_json:
        print_json(facts)
    else:
        console.print(words, markup=False)


def _passphrase(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        return file.read_text(encoding="utf-8").splitlines()[0].strip()
    except (OSError, IndexError) as problem:
        raise BadBackup(f"口令文件 {file} 读不了或是空的。", field="passphrase_file") from problem


def _now() -> datetime:
    now: datetime = import_string(settings.LINLI_CLOCK)()
    return now
