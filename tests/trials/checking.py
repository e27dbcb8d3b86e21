"""Looking into the database of a site from outside, in a process of its own, and saying what was found."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from tests.load.site import ROOT, Server, Site, postgres_server

SCRIPT = """
import json, sys, django
django.setup()
from tests.trials import inside
print(json.dumps(getattr(inside, sys.argv[1])(json.load(sys.stdin))))
"""


def ask(site: Site, question: str, **given: Any) -> Any:
    """The answer of a function of `tests.trials.inside`, run with the site's database."""
    told = subprocess.run(
        [sys.executable, "-c", SCRIPT, question],
        env=site.environment,
        cwd=ROOT,
        check=True,
        input=json.dumps(given),  # ten thousand receipts are too long for an argument
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(told.stdout.splitlines()[-1])


def chosen_server(engine: str) -> AbstractContextManager[Server | None]:
    """A PostgreSQL server for `postgresql`, nothing for `sqlite`. From here on SIGTERM ends what the trial started."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    return postgres_server() if engine == "postgresql" else nullcontext()


def verdict(name: str, figures: Mapping[str, Any], broken: Mapping[str, bool]) -> int:
    """Print figures and broken promises; the exit code."""
    wrong = [promise for promise, is_broken in broken.items() if is_broken]
    told = json.dumps({"trial": name, **figures, "broken": wrong}, ensure_ascii=False)
    sys.stdout.write(f"{told}\n")
    return 1 if wrong else 0
