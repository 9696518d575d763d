"""Scores rounded, so that rows with nearly the same one can be counted together.

Where a class is rare all scores are small, and steps of one thousandth would put most of them into
one group: so the step is a thousandth of the decade in which a score lies, as seen from the nearer
of 0 and 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEPS = ((1e-1, 1e3), (1e-2, 1e4), (1e-3, 1e5), (1e-4, 1e6), (1e-5, 1e7), (0.0, 1e8))
"""How far a score is from the nearer of 0 and 1, at least, and how many steps there are to 1."""


def rounded(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return scores to three digits of their distance to the nearer of 0 and 1.

    Args:
        scores: Any shape; probabilities, or at least finite.

    Example:
        >>> rounded(np.array([0.12345, 0.0012345, 0.99987654])).tolist()
        [0.123, 0.00123, 0.999877]
    """
    distance = np.minimum(np.abs(scores), np.abs(1 - scores))
    steps = np.select([distance >= least for least, _ in STEPS], [many for _, many in STEPS])
    found: NDArray[np.float64] = np.floor(scores * steps + 0.5) / steps
    return found
