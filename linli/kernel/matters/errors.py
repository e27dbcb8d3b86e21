"""MatterError
└── LinliError
    ├── UnknownMove            the flow has no such move
    ├── WrongStage             the matter is not at a stage from which this move goes
    ├── MissingFact            something the move needs was not given (field says what)
    ├── TooLong                a text is longer than anybody would read (field says which)
    ├── SamePerson             the handler would check, or the asker would approve, the own work
    ├── Conflict               somebody else changed the matter meanwhile
    ├── Held                   another matter has to end first
    ├── DeputyInvalid          somebody cannot stand in, or not on these days (field says what is wrong)
    ├── DeputyTaken            one of the two is taken on some of the days; the sentence names them
    └── NotAColleague          whoever was named cannot take matters over
"""

from __future__ import annotations

from linli.kernel.errors import LinliError


class MatterError(LinliError):
    """Root of what may go wrong with a matter of any kind."""


class UnknownMove(MatterError):
    status = 404
    code = "unknown_move"


class WrongStage(MatterError):
    status = 409
    code = "wrong_stage"


class MissingFact(MatterError):
    status = 422
    code = "missing"


class TooLong(MatterError):
    status = 422
    code = "too_long"


class SamePerson(MatterError):
    status = 403
    code = "same_person"


class Conflict(MatterError):
    status = 409
    code = "conflict"


class Held(MatterError):
    status = 409
    code = "held"


class DeputyInvalid(MatterError):
    status = 422
    code = "deputy_invalid"


class DeputyTaken(MatterError):
    status = 409
    code = "deputy_taken"


class NotAColleague(MatterError):
    status = 422
    code = "not_a_colleague"
