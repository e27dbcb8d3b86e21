"""What can go wrong with logins, posts and keys.

LinliError
├── UnknownKey                 the API key is missing, wrong or withdrawn
└── AccessError
    ├── AccountInvalid         a field cannot be stored, or the account is not of the kind for this
    ├── NameTaken              another account has this user name
    ├── PostInvalid            a post that is not whole: `field` names what is missing
    ├── PostRefused            the same post is held already
    ├── SupervisionAndCommand  one account would hold rights of both axes
    ├── TwoAdministrators      one account would hold rights of two of the three administrators
    ├── LastAdministrator      nobody would be left who manages access
    ├── NeedsApproval          another administrator has to agree first; it names what for
    ├── ApprovalGone           the request was decided already or is too old
    ├── OwnApproval            nobody agrees to the own request, or to one about themselves
    └── OwnRights              nobody gives rights to themselves or changes their own
NotFound                       no such account, post or key, or outside the actor's scope
"""

from __future__ import annotations

from linli.kernel.errors import LinliError


class UnknownKey(LinliError):
    """The API key is missing, wrong or withdrawn."""

    status = 403
    code = "unknown_key"


class AccessError(LinliError):
    status = 422
    code = "access"


class AccountInvalid(AccessError):
    """A field cannot be stored, or the account is not of the kind for this."""


class NameTaken(AccessError):
    """User names are unique for ever, whatever their case."""

    status = 409


class PostInvalid(AccessError):
    """A post that is not whole."""


class PostRefused(AccessError):
    """The account holds the same post in the same days."""

    status = 409


class SupervisionAndCommand(AccessError):
    """One account would hold rights of both axes over the same matters at the same time."""

    status = 409
    code = "two_axes"


class TwoAdministrators(AccessError):
    """One account would be two of the three administrators."""

    status = 409
    code = "two_administrators"


class LastAdministrator(AccessError):
    """Nobody would be left who manages access."""

    status = 409
    code = "last_administrator"


class NeedsApproval(AccessError):
    """Another administrator has to agree first. `subject` and `words` are what to ask for."""

    status = 409
    code = "needs_approval"

    def __init__(self, message: str, *, subject: str, words: str) -> None:
        super().__init__(message)
        self.subject, self.words = subject, words


class ApprovalGone(AccessError):
    """The request was decided already or is too old."""

    status = 409
    code = "approval_gone"


class OwnApproval(AccessError):
    """Nobody agrees to the own request, or to one about themselves."""

    status = 403
    code = "own_approval"


class OwnRights(AccessError):
    """Nobody gives rights to themselves or changes their own."""

    status = 403
    code = "own_rights"
