"""Months in which a released model answered, and the files that newer models are trained on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd
from sklearn.linear_model import LogisticRegression

from lifecycle_core.adapters.evidence import MODEL, RECORD, EvidenceFolder
from lifecycle_core.adapters.models import SkopsModels
from lifecycle_core.adapters.prediction_log import open_prediction_log
from lifecycle_core.delivering.deciding import Decider
from lifecycle_core.finalizing import finalize
from lifecycle_core.notebooks.release_text import parse_release
from lifecycle_core.schema.checkpoint import Evidence
from lifecycle_core.schema.contract import Contract, Feature
from lifecycle_core.schema.finalization import Finalization
from lifecycle_core.schema.prediction import Outcome, Prediction
from tests.fakes import monthly

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

FEATURES = ["tenure", "charges"]
TERMS = """\
review: {window: month, label_maturity_days: 20, reference_windows: 2}
retraining:
  policy: on_proof
  costs: {compute: 50, labels: 150, validation: 300, approval: 100}
  backtest_windows: 4
  parameters: {data: "data/{window}.csv"}
  trigger: when cost_per_row > 100 for 2 windows then retrain data
"""


def evidence(terms: str = TERMS) -> Evidence:
    """Return what a bundle says that a decision on retraining needs."""
    bare = monthly.RELEASE.partition("review:")[0]
    return Evidence(
        release_file=parse_release(bare + terms, where="release.yaml", name="churn"),
        contract=Contract(
            name="churn",
            features=tuple(Feature(name=name, type="integer", required=True) for name in FEATURES),
        ),
    )


def trained(file: Path, folder: Path) -> Path:
    """Train a model on a month of customers; return the folder of its evidence."""
    table = pd.read_csv(file)
    finalize(
        {"linear": LogisticRegression()},
        table[FEATURES],
        table["left"],
        release=evidence().release_file,
        folds=2,
        evidence=EvidenceFolder(folder, SkopsModels()),
    )
    return folder


def train(root: Path, given: Sequence[Mapping[str, str]], into: Path) -> list[Path | str]:
    """Train a model for each month that is asked for, once, or say that there is no such month."""
    del into
    found: list[Path | str] = []
    for one in given:
        file, folder = root / one["data"], root / "models" / one["data"]
        if not file.is_file():
            found.append(f"there is no {one['data']}")
            continue
        found.append(folder if (folder / RECORD).is_file() else trained(file, folder))
    return found


def answer_months(
    root: Path,
    model: Path,
    months: Sequence[tuple[str, bool, float]],
    *,
    log: Path,
    rows: int = 400,
) -> None:
    """Let a released model answer months of customers, whose truth comes in twenty days later.

    Args:
        root: Project; the customers of each month are written to its `data`, for later models.
        model: Folder with the evidence of the released version.
        months: Of each its label, whether the world has turned, and by how much charges moved.
        log: Folder of the log.
        rows: Customers a month.
    """
    record = Finalization.from_json((model / RECORD).read_bytes())
    decider = Decider(SkopsModels().load(model / MODEL), record)
    with open_prediction_log(log, wal=root / ".nbrelease" / "wal" / log.name) as written:
        for number, (label, turned, moved) in enumerate(months):
            file = monthly.month(
                root / "data" / f"{label}.csv", seed=50 + number, rows=rows, turned=turned
            )
            table = pd.read_csv(file)
            table["charges"] += moved
            table.to_csv(file, index=False)
            scores, decisions = decider.decide(table[FEATURES])
            first = datetime.fromisoformat(f"{label}-01").replace(tzinfo=UTC)
            predictions, outcomes = [], []
            for row, (tenure, charges, left) in enumerate(
                table[["tenure", "charges", "left"]].itertuples(index=False)
            ):
                at = first + timedelta(days=27) * row / rows
                name = f"{label}-{row:05d}"
                predictions.append(
                    Prediction(
                        id=f"p-{name}",
                        key=name,
                        time=at.isoformat(),
                        release="churn",
                        version=1,
                        bundle_digest="sha256:" + "0" * 64,
                        arm="champion",
                        features={"tenure": tenure, "charges": charges},
                        score=float(scores[row]),
                        decision=bool(decisions[row]),
                        latency_ms=1.0,
                    )
                )
                outcomes.append(
                    Outcome(
                        id=f"o-{name}",
                        prediction=f"p-{name}",
                        time=(at + timedelta(days=20)).isoformat(),
                        who="billing",
                        release="churn",
                        label=left == "yes",
                    )
                )
            written.append(predictions)
            written.append_outcomes(outcomes).result(timeout=60)
