"""StandardsError
└── LinliError
    ├── BadPattern          the way a component's 16 digits are cut does not give 16
    ├── BadCode             a class's code was not made by the scheme
    ├── BadSheet            the file holds no sheet of standards, or one without a column it cannot do without
    ├── BadDay              the day on which a sheet is to begin cannot be used
    └── StandardsChanged    somebody else changed the standards since the preview
"""

from __future__ import annotations

from linli.kernel.errors import LinliError


class StandardsError(LinliError):
    """Root of the errors of this package."""

    code = "standards"


class BadPattern(StandardsError):
    status = 422
    code = "bad_pattern"


class BadCode(StandardsError):
    status = 422
    code = "bad_code"


class BadSheet(StandardsError):
    status = 422
    code = "bad_sheet"


class BadDay(StandardsError):
    status = 422
    code = "bad_day"


class StandardsChanged(StandardsError):
    status = 409
    code = "standards_changed"
