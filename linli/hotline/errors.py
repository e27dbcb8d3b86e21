"""HotlineError
└── LinliError
    ├── UnknownUpstream     404  no hotline platform of this code is set up
    ├── BadSettings         409  the file of the platforms, or a secret, is missing or wrong
    ├── BadSignature        401  a signed request whose header `field` is missing, wrong or too old
    ├── Replayed            409  the same signed request came a second time
    ├── BadOrder            422  a work order that cannot be taken (`field` says why)
    ├── NotReached          502  the platform did not answer
    ├── UpstreamRefused     502  the platform answered that it will not
    └── NothingToDo         409  the message was sent or left out meanwhile
"""

from __future__ import annotations

from linli.kernel.errors import LinliError


class HotlineError(LinliError):
    """Root of the errors of this module."""


class UnknownUpstream(HotlineError):
    status = 404
    code = "unknown_upstream"


class BadSettings(HotlineError):
    status = 409
    code = "bad_settings"


class BadSignature(HotlineError):
    status = 401
    code = "bad_signature"


class Replayed(HotlineError):
    status = 409
    code = "replayed"


class BadOrder(HotlineError):
    status = 422
    code = "bad_order"


class NotReached(HotlineError):
    status = 502
    code = "not_reached"


class UpstreamRefused(HotlineError):
    status = 502
    code = "upstream_refused"


class NothingToDo(HotlineError):
    status = 409
    code = "nothing_to_do"
