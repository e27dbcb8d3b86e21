"""Open311Error
└── LinliError
    ├── NotThere          404  no such service, request, token or jurisdiction, or none that is public
    ├── KeyRefused        403  the api_key is missing, wrong, withdrawn, or its account is closed
    ├── BadArgument       400  an argument is missing, malformed or too large (field names it)
    └── WrongMethod       400  the resource has no such method; the body's code is 405

GeoReport v2 knows three statuses: 404 for what does not exist, 403 for keys, 400 for everything else.
"""

from __future__ import annotations

from linli.kernel.errors import LinliError


class Open311Error(LinliError):
    """Root of the errors of this door."""


class NotThere(Open311Error):
    status = 404
    code = "not_there"


class KeyRefused(Open311Error):
    status = 403
    code = "key_refused"


class BadArgument(Open311Error):
    status = 400
    code = "bad_argument"


class WrongMethod(Open311Error):
    status = 405
    code = "wrong_method"


HTTP_STATUSES = frozenset({403, 404, 429})
"""Statuses passed on as they are; any other becomes 400, and only the body's code says more."""


def http_status(error: LinliError) -> int:
    return error.status if error.status in HTTP_STATUSES else 400
