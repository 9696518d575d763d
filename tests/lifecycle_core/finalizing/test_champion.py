from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_core.adapters.evidence import EvidenceInMemory
from lifecycle_core.finalizing import Other, compare_with, finalize
from tests.fakes.finalizing import Column, churn_release, churn_rows

if TYPE_CHECKING:
    import pandas as pd

    from lifecycle_core.schema.release_file import ReleaseFile
    from lifecycle_core.schema.retraining import ChampionComparison


COSTS = {"false_positive": 100, "false_negative": 300}


def priced_rows(n: int, seed: int) -> tuple[pd.DataFrame, pd.Series[Any]]:
    """Return customers whose `noise` is a probability too, of nothing."""
    frame, left = churn_rows(n, seed)
    return frame.assign(noise=frame["noise"].rank(pct=True)), left


def made(column: str, rows: Any, release: ReleaseFile) -> tuple[Any, EvidenceInMemory]:  # noqa: ANN401 - X and y
    kept = EvidenceInMemory()
    candidates = {"only": Column(column)}
    finalize(candidates, *rows, release=release, evidence=kept, folds=3)
    return candidates, kept


def compared(
    old: str,
    new: str,
    *,
    held: bool = True,
    rows_held: int = 1_200,
    drop: str = "",
    release: ReleaseFile | None = None,
) -> ChampionComparison:
    stated = release or churn_release(costs=COSTS)
    rows = priced_rows(1_500, seed=1)
    if drop:
        frame: pd.DataFrame = rows[0].drop(columns=drop)
        rows = (frame, rows[1])
    _, champion = made(old, priced_rows(1_500, seed=0), churn_release(costs=COSTS))
    candidates, candidate = made(new, rows, stated)
    assert champion.record
    assert candidate.record
    features, target = priced_rows(1_200, seed=2)
    holdout = (features[list(rows[0].columns)].head(rows_held), target.head(rows_held))
    return compare_with(
        Other(model=champion.model, finalization=champion.record, version=3, alias="champion"),
        candidates=candidates,
        X=rows[0],
        y=rows[1],
        holdout=holdout if held else None,
        model=candidate.model,
        finalization=candidate.record,
        release=stated,
    )


@pytest.mark.parametrize(
    ("old", "new", "standing"),
    [
        ("noise", "risk", "better"),
        ("risk", "noise", "worse"),
        ("risk", "risk", "undecided"),
    ],
)
@pytest.mark.parametrize("held", [True, False])
def test_the_interval_of_the_difference_decides(
    old: str, new: str, standing: str, *, held: bool
) -> None:
    found = compared(old, new, held=held)
    assert found.standing == standing
    assert found.rows == (1_200 if held else 1_500)
    assert found.scored_on == ("holdout" if held else "cross_validation")
    assert found.candidate
    assert found.champion
    assert found.difference == pytest.approx(
        found.candidate.cost_per_run - found.champion.cost_per_run
    )


@pytest.mark.parametrize("rows", [2, 4, 8])
def test_a_few_rows_that_all_differ_alike_decide_nothing(rows: int) -> None:
    found = compared("noise", "risk", rows_held=rows)
    assert found.standing == "undecided"
    assert found.interval
    assert found.interval.low <= (found.difference or 0.0) <= found.interval.high


def test_columns_that_are_gone_are_named_and_nothing_is_claimed() -> None:
    found = compared("noise", "risk", drop="noise")
    assert found.standing == "not_comparable"
    assert found.reason == (
        "The other release cannot be compared: it needs columns that are gone: noise.",
    )
    assert (found.champion, found.candidate, found.difference) == (None, None, None)


def test_limits_that_either_breaks_are_told() -> None:
    release = churn_release(
        costs=COSTS,
        value={"financial_metric": {"name": "cost_per_run", "at_most": 1}},
        workflow={"rows_per_run": 1000},
    )
    found = compared("noise", "risk", release=release)
    assert found.champion
    assert found.champion.broken_limits[0].startswith("has cost_per_run")
    assert any(sentence.startswith("Version 3 has cost_per_run") for sentence in found.reason)
