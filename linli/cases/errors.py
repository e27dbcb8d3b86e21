"""CaseError
└── LinliError
    ├── UnknownMove            the flow has no such move
    ├── WrongStage             the case is not at a stage from which this move goes
    ├── MissingFact            something the move needs was not given (field says what)
    ├── SamePerson             the handler would check, or the asker would approve, the own work
    ├── Conflict               somebody else changed the case meanwhile
    ├── NotOnTheList           a residents' committee would get a class that is not on its list
    ├── BadReport              a report that cannot be taken (field says why)
    ├── OpenWhistle            a whistle about the case is open, or a leg of the whistle is
    └── Merged                 the case lives on in another one
"""

from __future__ import annotations

from linli.kernel.errors import LinliError


class CaseError(LinliError):
    """Root of the errors of this module."""


class UnknownMove(CaseError):
    status = 404
    code = "unknown_move"


class WrongStage(CaseError):
    status = 409
    code = "wrong_stage"


class MissingFact(CaseError):
    status = 422
    code = "missing"


class SamePerson(CaseError):
    status = 403
    code = "same_person"


class Conflict(CaseError):
    status = 409
    code = "conflict"


class NotOnTheList(CaseError):
    status = 409
    code = "not_on_the_list"


class BadReport(CaseError):
    status = 422
    code = "bad_report"


class Merged(CaseError):
    status = 409
    code = "merged"


class OpenWhistle(CaseError):
    status = 409
    code = "open_whistle"
