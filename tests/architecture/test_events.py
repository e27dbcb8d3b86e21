"""Every announcement is heard, or says why nobody needs to hear it."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from django.utils.module_loading import import_string

from linli.config.subscriptions import SUBSCRIPTIONS
from tests.architecture.source import HOUSE, ROOT, calls, dotted, python_files, tree

UNHEARD = "Nobody listens: "
"""How the docstring of an event without a handler goes on to give the reason."""


def test_every_event_has_a_handler_or_says_why_not() -> None:
    silent = [
        f"{event.__module__}.{event.__name__}"
        for event in events()
        if not SUBSCRIPTIONS.get(event) and UNHEARD not in (event.__doc__ or "")
    ]

    assert silent == []


def test_every_handler_exists_and_its_event_too() -> None:
    known = set(events())

    assert [event for event in SUBSCRIPTIONS if event not in known] == []
    assert all(callable(import_string(path)) for paths in SUBSCRIPTIONS.values() for path in paths)


def test_an_event_is_a_frozen_dataclass() -> None:
    assert [event.__name__ for event in events() if not is_frozen(event)] == []


def test_handlers_live_in_the_files_named_for_them() -> None:
    paths = [path for paths in SUBSCRIPTIONS.values() for path in paths]

    assert [path for path in paths if not {"handlers", "jobs"} & set(path.split("."))] == []


def test_no_module_uses_django_signals() -> None:
    found = [file for file in python_files(HOUSE) for call in calls(tree(file)) if is_signal(call)]

    assert [str(file.relative_to(ROOT)) for file in found] == []


def test_a_signal_receiver_would_be_found() -> None:
    lines = ["post_save.connect(handler)", "@receiver(post_save)\ndef handler(): pass"]

    assert all(any(is_signal(call) for call in calls(ast.parse(line))) for line in lines)


def events() -> Iterator[type]:
    """Every class of every `events.py` in the house, private ones left out."""
    for file in python_files(HOUSE):
        if file.name == "events.py":
            module = import_module(module_name(file))
            for thing in vars(module).values():
                if (
                    isinstance(thing, type)
                    and thing.__module__ == module.__name__
                    and thing.__name__[0] != "_"
                ):
                    yield thing


def module_name(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts)


def is_frozen(event: type) -> bool:
    return dataclasses.is_dataclass(event) and event.__dataclass_params__.frozen  # type: ignore[attr-defined]


def is_signal(call: ast.Call) -> bool:
    name = dotted(call.func)
    return name == "receiver" or name.endswith(
        ("_save.connect", "_delete.connect", "_changed.connect")
    )
