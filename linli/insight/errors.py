"""InsightError
└── LinliError
    ├── NoWords         a table has no column with a title or a body
    ├── BadPeriod       the period ends before it begins, or is too long
    ├── BadTopic        a managed topic lacks what it needs (field says what)
    ├── OwnWork         the lead organisation would close its own topic
    ├── TopicClosed     the managed topic is closed and changes no more
    ├── BadFormula      points of a score that do not add up, or would change the past (field says which)
    ├── BadAppeal       an appeal of a card lacks what it needs, or was made before (field says what)
    └── OwnAppeal       whoever answers for the scoring, or is of the unit of the card, would decide it
"""

from __future__ import annotations

from linli.kernel.errors import LinliError


class InsightError(LinliError):
    """Root of the errors of this module."""


class NoWords(InsightError):
    status = 422
    code = "no_words"


class BadPeriod(InsightError):
    status = 422
    code = "bad_period"


class BadTopic(InsightError):
    status = 422
    code = "bad_topic"


class OwnWork(InsightError):
    status = 403
    code = "own_work"


class TopicClosed(InsightError):
    status = 409
    code = "topic_closed"


class BadFormula(InsightError):
    status = 422
    code = "bad_formula"


class BadAppeal(InsightError):
    status = 422
    code = "bad_appeal"


class OwnAppeal(InsightError):
    status = 403
    code = "own_appeal"
