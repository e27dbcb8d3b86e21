"""What can go wrong with people who work here.

LinliError
└── PeopleError
    ├── StaffInvalid           a field cannot be stored; `field` names it
    ├── NumberTaken            another person has this employee number
    ├── HasLeft                the person has left (or has not, when taking them back)
    ├── StillWorking           people work for the organisation that was to be closed
    ├── PostingRefused         a grid has its leader already, or the person is posted there already
    └── OwnPosting             nobody changes their own grids, or signs themselves out
NotFound                       no such person, or outside the actor's scope
"""

from __future__ import annotations

from linli.kernel.errors import LinliError


class PeopleError(LinliError):
    status = 422
    code = "people"


class StaffInvalid(PeopleError):
    """A field cannot be stored."""


class NumberTaken(PeopleError):
    """Employee numbers are unique for ever."""

    status = 409


class HasLeft(PeopleError):
    """The change does not fit whether the person works here."""

    status = 409


class StillWorking(PeopleError):
    """Somebody works there."""

    status = 409


class PostingRefused(PeopleError):
    """The posting contradicts another one."""

    status = 409


class OwnPosting(PeopleError):
    """Somebody tried to change what they look after themselves."""

    status = 403
