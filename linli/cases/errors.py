"""CaseError
└── LinliError
    ├── NotOnTheList           a residents' committee would get a class that is not on its list
    ├── BadReport              a report that cannot be taken (field says why)
    ├── KeyReused              the sender's own key stands for another report already
    └── Merged                 the case lives on in another one

What may go wrong with a matter of any kind — a wrong stage, a missing fact, the same person twice — is in
`kernel/matters/errors.py` and can be had from here too.
"""

from __future__ import annotations

from linli.kernel.errors import LinliError
from linli.kernel.matters.errors import (
    Conflict,
    Held,
    MissingFact,
    SamePerson,
    UnknownMove,
    WrongStage,
)

__all__ = [
    "BadReport",
    "CaseError",
    "Conflict",
    "Held",
    "KeyReused",
    "Merged",
    "MissingFact",
    "NotOnTheList",
    "SamePerson",
    "UnknownMove",
    "WrongStage",
]


class CaseError(LinliError):
    """Root of the errors of this module."""


class NotOnTheList(CaseError):
    status = 409
    code = "not_on_the_list"


class BadReport(CaseError):
    status = 422
    code = "bad_report"


class KeyReused(CaseError):
    status = 409
    code = "key_reused"


class Merged(CaseError):
    status = 409
    code = "merged"
