"""RulingError
└── LinliError
    ├── BadRule        a rule that cannot be kept (field says why)
    └── RuleChanged    somebody else changed the rule meanwhile
"""

from __future__ import annotations

from linli.kernel.errors import LinliError


class RulingError(LinliError):
    """Root of the errors of this package."""


class BadRule(RulingError):
    status = 422
    code = "bad_rule"


class RuleChanged(RulingError):
    status = 409
    code = "rule_changed"
