"""A machine is killed while it writes; the backup is restored over what is left, goes into PostgreSQL and comes back.

Through the commands of the manual, each a process of its own, with the real migrations.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.private_postgres import private_postgres

ROOT = Path(__file__).parents[1]

# Makes a database four times by all migrations, which is a minute and a half; it brings its own engines.
pytestmark = pytest.mark.exhaustive

WRITE = """
import sys, django
django.setup()
from datetime import UTC, datetime
from linli.cases.actions.intake import receive_report
from linli.cases.drafts import ReportDraft
from linli.kernel.access.queries import RESIDENT
from linli.kernel.audit import chain
for n in range(int(sys.argv[1])):
    body = f"第 {n} 盏路灯不亮（{sys.argv[2]}）"
    draft = ReportDraft(body=body, lon=120.003, lat=30.002, client_key=body)
    receive_report(draft, by=RESIDENT, now=datetime(2026, 3, 9, 1, tzinfo=UTC))
    if n % 5 == 0:
        chain.seal()
    print(n, flush=True)
"""

COUNT = """
import json, django
django.setup()
from django.db import connection
from linli.kernel.engine.exchanging import check_whole, row_counts
check_whole()
print(json.dumps({"engine": connection.vendor, "counts": row_counts()}))
"""


class Office:
    """An installation in a folder, used by its commands."""

    def __init__(self, home: Path) -> None:
        self.home = home
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("LINLI_")}
        self.environment = {
            **inherited,
            "LINLI_HOME": str(home),
            "DJANGO_SETTINGS_MODULE": "linli.config.settings",
            "PYTHONPATH": str(ROOT),
        }

    def python(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def linli(self, *arguments: str) -> Any:
        return json.loads(self.python("-m", "linli.doors.terminal", *arguments, "--json"))

    def write_until_killed(self, after: int) -> None:
        """Take in reports, one a transaction, and die in the middle of it."""
        with subprocess.Popen(
            [sys.executable, "-c", WRITE, "10000", "killed"],
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
        ) as writing:
            assert writing.stdout is not None
            for _ in range(after):
                assert writing.stdout.readline()
            writing.send_signal(signal.SIGKILL)

    def state(self) -> tuple[str, dict[str, int]]:
        told = json.loads(self.python("-c", COUNT))
        # A search index is one table or six, and each restoring leaves one line.
        kept = {
            name: count
            for name, count in told["counts"].items()
            if "search" not in name and not name.startswith(("django_", "sqlite_"))
        }
        return told["engine"], kept


def test_what_was_backed_up_is_there_after_a_kill_and_in_either_engine(tmp_path: Path) -> None:
    office = Office(tmp_path / "office")
    office.python("-m", "linli.config.first_start")
    office.python("-c", WRITE, "30", "first")
    kept = office.linli("backup", "--to", str(tmp_path / "kept"))
    engine, before = office.state()
    assert (engine, before["cases_report"]) == ("sqlite", 30)

    office.write_until_killed(after=40)
    assert (office.home / "linli.sqlite3-wal").stat().st_size, (
        "the log that must not be played again"
    )
    done = office.linli("restore", kept["file"], "--replace")

    assert done["lost"]["cases_report"] >= 40
    after_kill = before | {"audit_auditline": before["audit_auditline"] + 1}
    assert office.state() == ("sqlite", after_kill)
    assert office.linli("audit", "verify")["intact"]

    with private_postgres() as url:
        office.linli("move", "--to", url)
        in_postgres = after_kill | {"audit_auditline": after_kill["audit_auditline"] + 1}
        assert office.state() == ("postgresql", in_postgres)
        office.python("-c", WRITE, "3", "in-postgres")
        assert office.linli("audit", "verify")["intact"]
        kept = office.linli("backup", "--to", str(tmp_path / "kept2"))
        _, last = office.state()

    other = Office(tmp_path / "other")
    done = other.linli("restore", kept["file"])
    back = last | {"audit_auditline": last["audit_auditline"] + 1}
    assert other.state() == ("sqlite", back)
    assert back["cases_report"] == 33
    assert other.linli("audit", "verify")["intact"]
