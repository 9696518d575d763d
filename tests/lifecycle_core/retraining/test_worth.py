"""Whether the interval of what retraining is worth covers what it brings, by simulation."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.retraining_worth import FEW, WORLDS, covered


@pytest.mark.parametrize("name", ["released this period", "nothing ages, 6 periods",
                                  "it was behind from the start, 4 periods"])  # fmt: skip
def test_the_interval_covers_what_retraining_brings(name: str) -> None:
    share, width = covered(WORLDS[name], 300, np.random.default_rng(0))
    assert 0.91 <= share <= 0.99  # of 300, within three standard errors of 0.95
    assert width > 0


@pytest.mark.parametrize("name", FEW)
def test_no_difference_seen_is_not_that_there_is_none(name: str) -> None:
    share, width = covered(FEW[name], 200, np.random.default_rng(0))
    assert share >= 0.93
    assert width > 1_000  # of 15,000
