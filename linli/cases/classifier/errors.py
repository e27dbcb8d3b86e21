"""ClassifierError
└── LinliError
    ├── ColumnMissing        the file has no such column (field names it)
    ├── NoMessages           the file has no row that can be used
    ├── TooFewExamples       nothing can be learned or measured from so few labelled messages
    ├── ModelUnreadable      the file is no model, of another format, or not there
    └── ModelDamaged         the content does not match the checksum in its first lines
"""

from __future__ import annotations

from linli.kernel.errors import LinliError


class ClassifierError(LinliError):
    """Root of the errors of this module."""

    status = 422
    code = "classifier"


class ColumnMissing(ClassifierError):
    code = "column_missing"


class NoMessages(ClassifierError):
    code = "no_messages"


class TooFewExamples(ClassifierError):
    code = "too_few_examples"


class ModelUnreadable(ClassifierError):
    code = "model_unreadable"


class ModelDamaged(ClassifierError):
    code = "model_damaged"
