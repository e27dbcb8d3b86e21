"""How sure a share is.

With few voices a share says little: the interval of Wilson (95 %) tells between what bounds the share of all may lie.
Example: 9 of 10 → 59.6 % … 98.2 %; 90 of 100 → 82.6 % … 94.5 %; 10 of 10 → 72.2 % … 100 %, where the plain formula
would claim certainty. Source: Wilson 1927.
"""

from __future__ import annotations

import math

FEW = 30
"""Below so many a share is marked 样本少 and ranks nobody; 10–100. Below it one voice moves a share by 3 %."""

Z95 = 1.959964
"""Standard deviations of 95 % in the middle of the normal distribution."""


def wilson(part: int, whole: int) -> tuple[float, float] | None:
    """(low, high) of a share, 0–1, with 95 % confidence; None of nothing."""
    if not whole:
        return None
    share, square = part / whole, Z95 * Z95
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    spread = share * (1 - share) / whole + square / (4 * whole * whole)
    half = Z95 * math.sqrt(spread) / (1 + square / whole)
    return max(0.0, middle - half), min(1.0, middle + half)
