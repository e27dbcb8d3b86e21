"""DuplicatesError
└── RequestsUnreadable     the file to evaluate on cannot be used (field says which column or path)
"""

from linli.kernel.errors import LinliError


class DuplicatesError(LinliError):
    """Root of the errors of this module."""


class RequestsUnreadable(DuplicatesError):
    status = 422
    code = "requests_unreadable"
