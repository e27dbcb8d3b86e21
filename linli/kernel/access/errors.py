"""AccessError
└── LinliError
    ├── SupervisionAndCommand
    └── UnknownKey
"""

from __future__ import annotations

from linli.kernel.errors import LinliError


class SupervisionAndCommand(LinliError):
    """One account would hold rights of both axes."""

    status = 409
    code = "two_axes"


class UnknownKey(LinliError):
    """The API key is missing, wrong or withdrawn."""

    status = 403
    code = "unknown_key"
