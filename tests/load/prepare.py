"""python -m tests.load.prepare --cases N: the database of a site; the last line it prints is JSON with keys and ids.

It holds the world of the tests, an API key for every person in it (`key:<post>`) and N old cases.
"""

from __future__ import annotations

import argparse
import json
import sys

import django


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=0)
    options = parser.parse_args()
    django.setup()
    from django.core.management import call_command

    from linli.config.clock import now
    from linli.kernel.access.keys import make_key
    from linli.kernel.access.models import Account
    from linli.kernel.acting import SYSTEM
    from tests.load.million import add_old_cases
    from tests.world import make_world

    call_command("migrate", verbosity=0)
    world = make_world()
    facts = {"standard": str(world.standard.pk)}
    for post in world.staff:
        account = Account.objects.get(username=post)
        facts[f"key:{post}"] = make_key(account.pk, name=f"load {post}", by=SYSTEM, now=now())
    if options.cases:
        facts["fill_seconds"] = f"{add_old_cases(options.cases, world, now=now()):.0f}"
    sys.stdout.write(json.dumps(facts) + "\n")


if __name__ == "__main__":
    main()
