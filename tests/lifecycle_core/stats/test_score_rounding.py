from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.stats.score_rounding import rounded


@given(st.lists(st.floats(0, 1), min_size=1))
def test_three_digits_are_kept_and_the_order(scores: list[float]) -> None:
    given_ = np.sort(np.array(scores))
    found = rounded(given_)
    distance = np.minimum(given_, 1 - given_)
    assert (np.abs(found - given_) <= np.maximum(distance * 0.0051, 0.51e-8)).all()
    assert (np.diff(found) >= -1e-12).all()
    np.testing.assert_allclose(rounded(found), found, atol=1e-12)


@pytest.mark.parametrize(("score", "wanted"), [(0.2, 0.2), (0.62, 0.62), (0.0, 0.0), (1.0, 1.0)])
def test_what_has_three_digits_stays(score: float, wanted: float) -> None:
    assert rounded(np.array([score])) == wanted
