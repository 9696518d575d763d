"""Scores and the scales on which effects add up: log-odds, logarithms, or the score itself."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lifecycle_core.schema.explaining import Scale

_FLAT = 1e-12  # below this distance the slope says how scales relate


def to_score(total: float, scale: Scale) -> float:
    """Return the score of a total on its scale.

    Example:
        >>> to_score(0.0, "log-odds"), to_score(0.0, "logarithm"), to_score(3.0, "score")
        (0.5, 1.0, 3.0)
    """
    if scale == "log-odds":
        if total >= 0:
            return 1.0 / (1.0 + math.exp(-total))
        return math.exp(total) / (1.0 + math.exp(total))
    return math.exp(total) if scale == "logarithm" else total


def stretch(base: float, total: float, scale: Scale) -> float:
    """Return by what an effect on a scale is multiplied to be one on the score.

    Example:
        >>> round(stretch(0.0, 2.0, "log-odds"), 4)
        0.1904
    """
    if scale == "score":
        return 1.0
    if abs(total - base) < _FLAT:
        middle = to_score(base, scale)
        return middle * (1.0 - middle) if scale == "log-odds" else middle
    return (to_score(total, scale) - to_score(base, scale)) / (total - base)
