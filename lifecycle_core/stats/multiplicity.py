"""P-values of many questions asked at once, corrected for there being many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return p-values that bound the chance of even one false finding (Holm 1979).

    Args:
        p_values: Each in [0, 1].

    Returns:
        In the same order, none smaller than before, each in [0, 1].

    Example:
        >>> holm([0.01, 0.04, 0.03])
        (0.03, 0.06, 0.06)
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    raised = np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1))
    return _in_place(np.minimum(raised, 1.0), order)


def benjamini_hochberg(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return p-values that bound the share of false findings among all findings.

    Benjamini and Hochberg (1995); holds for independent and for positively dependent questions.

    Args:
        p_values: Each in [0, 1].

    Returns:
        In the same order, none smaller than before, each in [0, 1].

    Example:
        >>> benjamini_hochberg([0.01, 0.04, 0.03])
        (0.03, 0.04, 0.04)
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    raised = p[order] * p.size / np.arange(1, p.size + 1)
    lowest = np.minimum.accumulate(raised[::-1])[::-1]
    return _in_place(np.minimum(lowest, 1.0), order)


def _in_place(values: np.ndarray, order: np.ndarray) -> tuple[float, ...]:
    back = np.empty_like(values)
    back[order] = values
    return tuple(float(value) for value in back)
