"""Checks that an installation can start, brings its database up to date and, when it is new, fills it.

    python -m linli.config.first_start [--demo] [--only-check]        also called bin/linli init

A new database gets one administrator, or the demo where it is asked for.

May be stopped at any moment and run again; it goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
from collections.abc import Iterable
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils.module_loading import import_string
from rich.console import Console
from rich.progress import Progress

from linli.screens.shared.proxies import networks

FIRST_NAME = "admin"
FIRST_ROLE = "security_admin"
"""The first person gives the others their posts, and sees no case and no resident."""


class CannotStart(Exception):
    """The message says why, and what the person can do."""


def main(argv: list[str] | None = None) -> int:
    options = _options(argv)
    os.umask(0o077)
    django.setup()
    try:
        check_adapters()
        check_addresses()
        check_database()
        # The key is compared before anything is written, and noted as soon as there is a table for it.
        check_key()
        if not options.only_check:
            _prepare(demo=options.demo)
        note_key()
    except CannotStart as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/linli init", description="建立或更新数据库。")
    parser.add_argument("--empty", action="store_true", help="不装演示街道（不写就是这样）")
    parser.add_argument("--demo", action="store_true", help="新的数据库装入演示街道")
    parser.add_argument("--only-check", action="store_true", help="只检查能不能启动")
    return parser.parse_args(argv)


def _prepare(*, demo: bool) -> None:
    from linli.cases.seed import load_defaults
    from linli.config.clock import now
    from linli.whistles.seed import load_kinds

    # A new database is filled to the end even if the first start is cut short; the mark remembers that it was new.
    home = Path(settings.LINLI_HOME)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    wanted = home / "demo-wanted"
    new = not connection.introspection.table_names()
    if new and demo:
        wanted.touch()
    call_command("migrate", interactive=False, verbosity=0)
    load_defaults(now=now())
    load_kinds()
    if wanted.exists():
        _make_demo(home / "demo_accounts.json")
        wanted.unlink()
    else:
        _make_first_administrator()


def check_adapters() -> None:
    """A misspelt way out would fail at every message, for ever.

    Raises:
        CannotStart: the dotted name of an adapter leads nowhere.
    """
    for name in ("LINLI_SMS_ADAPTER", "LINLI_WEBHOOK_ADAPTER"):
        path = getattr(settings, name)
        try:
            found = callable(import_string(path))
        except ImportError:
            found = False
        if not found:
            raise CannotStart(
                f"设置 {name} 是 {path}，但没有这个函数。请写成 包.模块.函数，并确认它装在本机的 Python 里。"
            )


def check_addresses() -> None:
    """A proxy that is no address stops every process, and a name without https:// gives no address to print.

    Raises:
        CannotStart: the setting and the part of it that cannot be used.
    """
    for one in settings.LINLI_TRUSTED_PROXIES:
        try:
            networks([one])
        except ValueError:
            raise CannotStart(
                f"设置 LINLI_TRUSTED_PROXIES 里的“{one}”不是 IP 地址或网段，请写成 127.0.0.1 或 10.0.0.0/8。"
            ) from None
    public = settings.LINLI_PUBLIC_URL
    if public and not public.startswith(("https://", "http://")):
        raise CannotStart(
            f"设置 LINLI_PUBLIC_URL 是“{public}”，前面缺 https://。请写成 https://{public}。"
        )


def check_database() -> None:
    """A damaged database is no place to write into. Every page is looked at after a start that was not ended well.

    Raises:
        CannotStart: it cannot be read, or not reached.
    """
    from linli.kernel.engine.exchanging import Damaged, check_readable

    try:
        check_readable()
    except Damaged as problem:
        raise CannotStart(
            f"数据库不能用：{problem}\n"
            "没有改动任何东西。若是数据库服务器没有开，先开它；若是文件损坏，用最近一份备份恢复：\n"
            f"  bin/linli restore 备份文件 --replace\n备份通常在 {Path(settings.LINLI_HOME) / 'backups'}"
        ) from problem


def check_key() -> None:
    """A database that knows a key wants no other: every login, link and card would be void.

    Raises:
        CannotStart: this machine has no key, or another one.
    """
    from linli.kernel.upkeep.keys import key_differs

    if key_differs(settings.SECRET_KEY):
        what = "还没有密钥" if settings.LINLI_KEY_IS_NEW else "的密钥是另一把"
        raise CannotStart(
            f"这个数据库属于一个已有密钥的安装，而本机{what}。请把第一台机器的 secret_key 复制到 "
            f"{settings.LINLI_HOME}，\n或在每台机器的 linli.conf 里写同一个 secret_key。确实要换密钥"
            "（所有人重新登录，已发的链接作废）：bin/linli keys accept"
        )


def note_key() -> None:
    """Write a new key down where only this account reads it, and its fingerprint into the database."""
    from linli.config.clock import now
    from linli.kernel.upkeep.keys import note_key as note

    if settings.LINLI_KEY_IS_NEW:
        part = Path(settings.LINLI_HOME) / f"secret_key.{os.getpid()}"
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(settings.SECRET_KEY)
        part.replace(part.with_name("secret_key"))
    note(settings.SECRET_KEY, now=now())


def _make_demo(accounts_file: Path) -> None:
    from linli.config.clock import now
    from linli.demo.build import DemoAccount, build_demo

    def write(accounts: Iterable[DemoAccount]) -> None:
        rows = [
            {"username": a.username, "password": a.password, "title": a.title} for a in accounts
        ]
        handle = os.open(accounts_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(rows, out, ensure_ascii=False, indent=1)

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("正在装入演示街道", total=None)

        def show(what: str, done: int, total: int) -> None:
            progress.update(
                task, description=f"正在装入演示街道：{what}", completed=done, total=total
            )

        write(build_demo(now=now(), progress=show))


def _make_first_administrator() -> None:
    """One account with a password for one time, told once; only where there is no account at all."""
    from linli.config.clock import now
    from linli.kernel.access.models import Account, DataScope, PostHolding, Role
    from linli.kernel.acting import SYSTEM
    from linli.kernel.audit import chain
    from linli.kernel.calendar.local import local_day

    with transaction.atomic():
        if Account.objects.exists():
            return
        password = secrets.token_urlsafe(12)
        account = Account.objects.create_account(FIRST_NAME, password, must_change_password=True)
        role = Role.objects.get(code=FIRST_ROLE)
        PostHolding.objects.create(
            account=account, role=role, data_scope=DataScope.ALL, valid_from=local_day(now())
        )
        chain.write(
            at=now(),
            actor_kind=SYSTEM.kind,
            account_id=None,
            actor_name=SYSTEM.name,
            action="config.first_administrator",
            subject=f"access.account:{account.pk}",
            detail={"role": FIRST_ROLE},
        )
    print(f"已建立第一个账号（{role.name}）：{FIRST_NAME}，一次性密码：{password}")
    print(
        "首次登录时必须修改；这个密码只在这里显示一次。登录后的首页会列出接下来要做的事。",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
