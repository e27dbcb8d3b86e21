"""WhistleError
└── LinliError
    └── OpenWhistle            a leg of the whistle is open, so the whistle cannot end

What may go wrong with a matter of any kind is in `kernel/matters/errors.py`.
"""

from __future__ import annotations

from linli.kernel.errors import LinliError


class WhistleError(LinliError):
    """Root of the errors of this module."""


class OpenWhistle(WhistleError):
    status = 409
    code = "open_whistle"
