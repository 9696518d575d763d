"""A log of some months of the small release, the last two of which are not as those before."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.browser.lab import ROOT
from tests.browser.small_release import NAME, without_ours

if TYPE_CHECKING:
    from pathlib import Path

MONTHS = ("2025-01", "2025-02", "2025-03", "2025-04", "2025-05")
REVIEWED = MONTHS[-2:]
_ROWS = 150
_SOME = """\
from lifecycle_core import verbs
from tests.browser.reviewed_release import REVIEWED, write_log
write_log()
for month in REVIEWED:
    verbs.review("tumours", window=month)
"""


def keep_reviews(folder: Path) -> None:
    """Log in a folder in which the small release is registered, and keep reviews of the months."""
    ended = subprocess.run(
        [sys.executable, "-c", _SOME],
        cwd=folder,
        env=without_ours(os.environ) | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise RuntimeError(f"No review to look at: {ended.stdout}\n{ended.stderr}")


def write_log() -> None:
    """Log predictions and what became of them, as a service would have."""
    import numpy as np
    from sklearn.datasets import load_breast_cancer

    from lifecycle_core import verbs
    from lifecycle_core.adapters.prediction_log import open_prediction_log
    from lifecycle_core.schema.prediction import Outcome, Prediction
    from lifecycle_core.settings import load_settings

    data = load_breast_cancer(as_frame=True)
    table, truth = data.data.iloc[:, :5], data.target
    chance = np.random.default_rng(0)
    predictions, outcomes = [], []
    for month in MONTHS:
        late = month in MONTHS[-2:]
        for number, row in enumerate(chance.integers(0, len(table), _ROWS)):
            made = f"p-{month}-{number:04d}"
            features = {column: float(table[column].iloc[row]) for column in table}
            if late:
                features["mean radius"] *= 1.25
            score = 0.5 + (truth.iloc[row] - 0.5) * 0.7 + chance.normal(0, 0.15)
            score = float(np.clip(score, 0.01, 0.99))
            day = f"{month}-{1 + number % 28:02d}"
            predictions.append(
                Prediction(
                    id=made,
                    key=f"image-{month}-{number}",
                    time=f"{day}T08:00:00.{number:06d}Z",
                    release=NAME,
                    version=1,
                    bundle_digest="sha256:" + "0" * 64,
                    arm="champion",
                    features=features,
                    score=score,
                    decision=score > 0.5,
                    latency_ms=0.5 + chance.exponential(0.6),
                )
            )
            accepted = chance.random() < (0.45 if late else 0.85)
            outcomes.append(
                Outcome(
                    id=f"o-{month}-{number:04d}",
                    prediction=made,
                    time=f"{day}T19:00:00Z",
                    who="reader",
                    action="accepted" if accepted else "overridden",
                    release=NAME,
                    label=int(truth.iloc[row]),
                )
            )
    settings = load_settings()
    wal = settings.write_ahead_logs / "service"
    with open_prediction_log(settings.log, wal=wal, drain_seconds=600) as log:
        log.append(predictions).result(timeout=120)
        log.append_outcomes(outcomes).result(timeout=120)
    verbs.drain_log()
