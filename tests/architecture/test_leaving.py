"""Whoever talks to somebody outside looks first whether a transaction is open."""

from __future__ import annotations

from tests.architecture.source import HOUSE, calls, dotted, place, python_files, tree

OUT = ("urlopen", "_opener.open", "create_connection", "HTTPConnection", "HTTPSConnection", "SMTP")
"""How the outside is reached."""

LOOKS = ("linli/hotline/client.py", "linli/kernel/notify/adapters.py")
"""Modules that reach it: the first looks itself, the second is called by `sending`, which looks."""

ELSEWHERE = {
    "linli/config/run.py": "asks its own web process for health, and has no database",
    "linli/doors/terminal/hotline.py": "tries the address once, when somebody checks the settings by hand",
    "linli/hotline/stand_in.py": "plays the platform, and has no database",
}


def test_only_modules_that_look_for_a_transaction_reach_the_outside() -> None:
    found = {
        place(file)
        for file in python_files(HOUSE)
        for call in calls(tree(file))
        if dotted(call.func).endswith(OUT)
    }

    assert found == {*LOOKS, *ELSEWHERE}


def test_those_who_call_an_adapter_look_first() -> None:
    for file in ("hotline/client.py", "kernel/notify/sending.py"):
        names = [dotted(call.func) for call in calls(tree(HOUSE / file))]
        assert "must_be_outside" in names, file
