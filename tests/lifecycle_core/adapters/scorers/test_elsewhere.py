from __future__ import annotations

import gc
import os
import signal
from typing import TYPE_CHECKING

import numpy as np
import pytest

from lifecycle_core.adapters.scorers import ScorerElsewhere, open_elsewhere
from lifecycle_core.errors import TableInvalid
from tests.fakes.fitted import bundled, fit

if TYPE_CHECKING:
    from pathlib import Path


def process_of(scorer: ScorerElsewhere) -> int:
    """Return the process that scores."""
    return scorer._worker.run(os.getpid)


def test_another_process_gives_the_same_scores_and_is_followed_by_one_if_it_dies(
    tmp_path: Path,
) -> None:
    fitted = fit(tmp_path, "logistic")
    bundle = bundled(fitted, None)
    scorer = open_elsewhere(bundle)
    assert isinstance(scorer, ScorerElsewhere)
    assert (scorer.kind, scorer.features) == ("scikit-learn", tuple(fitted.frame))
    (bundle / "release.json").unlink(missing_ok=True)
    row = {name: values[0] for name, values in fitted.columns.items()}
    first = process_of(scorer)
    assert scorer.score(row) == pytest.approx(fitted.wanted[0], rel=1e-12)
    os.kill(first, signal.SIGKILL)
    np.testing.assert_allclose(scorer.scores(fitted.columns), fitted.wanted, rtol=1e-12)
    last = process_of(scorer)
    assert os.getpid() != last != first
    with pytest.raises(TableInvalid, match="'tenure' must be of type integer"):
        scorer.score({**row, "tenure": "long"})

    del scorer
    gc.collect()
    with pytest.raises(ProcessLookupError):
        os.kill(last, 0)


def test_compiled_code_stays_where_it_is_asked(tmp_path: Path) -> None:
    fitted = fit(tmp_path, "logistic")
    scorer = open_elsewhere(bundled(fitted, fitted.accelerate()))
    assert scorer.kind == "onnx"
    assert not isinstance(scorer, ScorerElsewhere)
