"""Where an act came from: the address and the number of the request, and the posts the actor held."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """Empty where it is not known: a command on the machine, a job of the worker."""

    client: str = ""
    request_id: str = ""
    role: str = ""


UNKNOWN = Origin()
