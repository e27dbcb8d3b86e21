"""The root of every error a person may see.

LinliError                     a sentence in plain Chinese (what to do next), a status, the field it is about
├── NotAllowed                 the actor lacks the permission, or the row lies outside its scope
├── Busy                       as much of this work goes on as may; the same request will do in a moment
├── NotFound                   no such row, or none this actor may know of; the two are not told apart
└── one tree per module        see its errors.py
"""

from __future__ import annotations


class LinliError(Exception):
    """`message` is shown to the person, `field` names the input it is about, `status` is for machines (HTTP).

    `retry_after`: seconds after which the same request may succeed; 0 when nothing changes by waiting.
    """

    status = 400
    code = "refused"
    retry_after = 0

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class NotAllowed(LinliError):
    status = 403
    code = "not_allowed"


class NotFound(LinliError):
    status = 404
    code = "not_found"


class Busy(LinliError):
    status = 503
    code = "busy"
    retry_after = 5
