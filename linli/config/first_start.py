"""Brings the database up to date and, when it is new, fills it: with the demo, or with one administrator.

    python -m linli.config.first_start [--empty]

May be stopped at any moment and run again; it goes on where it was.
"""

from __future__ import annotations

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
from rich.console import Console
from rich.progress import Progress

FIRST_NAME = "admin"
FIRST_ROLE = "security_admin"
"""The first person gives the others their posts, and sees no case and no resident."""


def main() -> int:
    django.setup()
    from linli.cases.seed import load_defaults
    from linli.config.clock import now
    from linli.whistles.seed import load_kinds

    # A new database is filled to the end even if the first start is cut short; the mark remembers that it was new.
    home = Path(settings.LINLI_HOME)
    wanted = home / "demo-wanted"
    new = not connection.introspection.table_names()
    if new and "--empty" not in sys.argv:
        wanted.touch()
    call_command("migrate", interactive=False, verbosity=0)
    load_defaults(now=now())
    load_kinds()
    if wanted.exists():
        _make_demo(home / "demo_accounts.json")
        wanted.unlink()
    else:
        _make_first_administrator()
    return 0


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
