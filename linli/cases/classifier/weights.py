"""What was learned, as it is kept and used: a matrix that scores, and how sure a score may be of itself.

Apart from `learning.py`, because suggesting a class must not load the libraries that learning needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linli.cases.classifier.features import Floats, Space


@dataclass(frozen=True)
class Calibration:
    """How scores become probabilities; `doubt` (0–1) is the share spread evenly over all labels."""

    temperature: float
    doubt: float = 0.0

    def probabilities(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """n × labels; every row sums to 1."""
        heated = scores / self.temperature
        powers = np.exp(heated - heated.max(axis=1, keepdims=True))
        chances = powers / powers.sum(axis=1, keepdims=True)
        return np.asarray((1 - self.doubt) * chances + self.doubt / scores.shape[1])


@dataclass(frozen=True)
class Weights:
    """score = vectors @ matrix.T + offset; `matrix` is labels × columns of the `space`."""

    space: Space
    matrix: Floats
    offset: Floats

    def scores(self, vectors: Any) -> NDArray[np.float64]:
        """n × labels."""
        return np.asarray(vectors @ self.matrix.T + self.offset, dtype=np.float64)
