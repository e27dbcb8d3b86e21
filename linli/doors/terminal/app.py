"""The command line `bin/linli`: one file a subject, each with `register(app)`.

Exit codes: 0 done, 1 done but something is wrong with the data, 2 the call or its input is wrong, 3 not allowed.
With `--json` exactly one JSON object goes to standard output; everything for people goes to standard error.
"""

from __future__ import annotations

import os
import sys

import django
import typer
from django.db.utils import OperationalError, ProgrammingError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.config.settings")
django.setup()

from linli.doors.terminal import (  # noqa: E402 - the commands import models, which need the settings
    admin,
    audit,
    backup,
    calendar,
    classify,
    demo,
    due,
    duplicates,
    hotline,
    hotspots,
    intake,
    places,
    privacy,
    recompute,
    report,
    standards,
)
from linli.kernel.engine.database import NoDatabase, expect_a_file  # noqa: E402
from linli.kernel.errors import LinliError  # noqa: E402

app = typer.Typer(
    help="邻里：基层治理平台的命令行。另有 init（建立空的数据库）和 start（同 bin/run）。",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
evaluate = typer.Typer(help="在有标注的数据上评测。", no_args_is_help=True)
train = typer.Typer(help="训练模型。", no_args_is_help=True)
app.add_typer(evaluate, name="evaluate")
app.add_typer(train, name="train")

for commands in (
    admin, due, intake, audit, backup, calendar, places, demo, recompute, standards, hotspots, hotline, report,
    privacy,
):  # fmt: skip
    commands.register(app)
classify.register(evaluate, train)
duplicates.register(evaluate)


def main() -> None:
    """Run a command; an error of ours is one sentence on standard error."""
    expect_a_file()
    try:
        app()
    except NoDatabase as problem:
        sys.stderr.write(
            f"这里没有数据库：{problem}\n数据在别处时用 LINLI_HOME=数据目录 指明；"
            "新建一个空的：bin/linli init；从备份恢复：bin/linli restore 文件\n"
        )
        sys.exit(2)
    except LinliError as problem:
        where = f"（{problem.field}）" if problem.field else ""
        sys.stderr.write(f"{problem.message}{where}\n")
        sys.exit(3 if problem.status == 403 else 2)
    except (OperationalError, ProgrammingError) as problem:
        sys.stderr.write(f"数据库还没有准备好，或需要升级：请先运行 bin/run。（{problem}）\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
