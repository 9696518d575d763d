"""What each model cost in each window that was replayed, and what a fresh one would have saved."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lifecycle_core.stats.moments import Sample
from lifecycle_core.stats.net_value import Saving

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lifecycle_core.schema.replayed_window import PricedRows, ReplayedWindow


LEAST = 30
"""Labelled rows of a window below which the normal law says little about skewed amounts."""
_PSEUDO = 2  # rows


@dataclass(frozen=True, slots=True)
class Losses:
    """Windows that were replayed, oldest first, each with at least `LEAST` labelled rows.

    Models are called by the window at whose beginning they were trained; number 0 stands for the
    released one, which is in place at the beginning of the first window.
    """

    windows: Sequence[ReplayedWindow]

    def __len__(self) -> int:
        """How many windows there are."""
        return len(self.windows)

    def cost(self, model: int, at: int) -> Sample:
        """Return what a row of a window costs with a model, money; `at` is at least `model`."""
        window = self.windows[at]
        sums = self._priced(model, at)
        return _sample(window.labelled, sums.total, sums.squares)

    def fresh(self, at: int) -> Sample:
        """Return what a row of a window costs with the model that was trained just before it."""
        window = self.windows[at]
        return _sample(window.labelled, window.models[at].total, window.models[at].squares)

    def saving(self, model: int, at: int) -> Saving:
        """Return what a model trained just before a window saves in it, row by row.

        Two models decide few rows otherwise, and of none that was seen it does not follow that
        there is none. So the variance is that of the rows and of two more, one of which the new
        model decides for the better and one for the worse, each by what is at stake in a row: the
        pseudo-observations of Agresti and Coull (1998, The American Statistician 52) for a share,
        in money. They leave the mean as it is, and are nothing beside many rows that differ.

        Law: the difference of `cost` and `fresh`, with the error of paired rows.
        """
        window = self.windows[at]
        sums = self._priced(model, at)
        doubt = _PSEUDO * window.stakes / window.labelled
        found = _sample(window.labelled, sums.behind, sums.behind_squares + doubt)
        return Saving(found.mean, found.error, math.sqrt(found.variance))

    def money(self) -> NDArray[np.float64]:
        """Return what all rows of each window cost with each model, shape (windows, windows).

        As `stats.retraining_policy.cost_of` takes it: model s in window t, for t at least s.
        """
        count = len(self.windows)
        found = np.zeros((count, count))
        for at, window in enumerate(self.windows):
            for model in range(at + 1):
                found[model, at] = self.cost(model, at).mean * window.rows
        return found

    def _priced(self, model: int, at: int) -> PricedRows:
        window = self.windows[at]
        return window.models[model] if model else window.released


def _sample(rows: int, total: float, squares: float) -> Sample:
    mean = total / rows
    return Sample(rows, mean, max(0.0, (squares - rows * mean * mean) / (rows - 1)))
