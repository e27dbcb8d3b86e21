"""FieldError
└── LinliError
    └── BadCommand      the phone sent something that is no command
"""

from __future__ import annotations

from linli.kernel.errors import LinliError


class FieldError(LinliError):
    """Root of the errors of this module."""


class BadCommand(FieldError):
    code = "bad_command"
