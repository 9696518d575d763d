"""Sample-ratio mismatch: whether the arms have the sizes that the assignment should give them.

An experiment whose arms have the wrong sizes lost units in one arm and not in the other, so its
other numbers cannot be trusted (Fabijan et al. 2019).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

ALARM = 0.001


class SampleRatio(NamedTuple):
    """What the sizes of the arms say.

    Attributes:
        p_value: Of the declared shares, by Pearson's chi-squared test, in [0, 1].
        mismatch: The p-value is below the alarm level.
    """

    p_value: float
    mismatch: bool


def sample_ratio(
    counts: Sequence[int], shares: Sequence[float], *, alarm: float = ALARM
) -> SampleRatio:
    """Compare the units in each arm with the shares that were declared.

    Args:
        counts: Units in each arm, at least 0.
        shares: Declared, each above 0; their scale does not matter.
        alarm: P-value below which it is a mismatch, in (0, 1).

    Returns:
        A p-value of 1 where there are no units.

    Raises:
        ValueError: There are fewer than two arms, lengths differ, or a share is not above 0.

    Example:
        >>> sample_ratio([5000, 5400], [1, 1]).mismatch
        True
        >>> sample_ratio([5000, 5300], [1, 1]).mismatch
        False
    """
    seen = np.asarray(counts, dtype=np.float64)
    wanted = np.asarray(shares, dtype=np.float64)
    if seen.size < 2 or seen.shape != wanted.shape or not (wanted > 0).all():  # noqa: PLR2004 - a ratio has two sides
        raise ValueError(f"counts {counts} and shares {shares}: want as many of both, shares > 0.")
    if not seen.sum():
        return SampleRatio(1.0, mismatch=False)
    from scipy.special import chdtrc

    expected = wanted / wanted.sum() * seen.sum()
    p_value = float(chdtrc(seen.size - 1, float(((seen - expected) ** 2 / expected).sum())))
    return SampleRatio(p_value, mismatch=p_value < alarm)
