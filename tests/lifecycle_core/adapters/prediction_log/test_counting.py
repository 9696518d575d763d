from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from lifecycle_core.adapters.prediction_log import open_prediction_log
from lifecycle_core.adapters.prediction_log.asking import Span
from lifecycle_core.adapters.prediction_log.counting import CountsWindows
from lifecycle_core.schema.release_file import CostsSection
from lifecycle_core.schema.window_counts import Money, ScoreGroup, WindowCounts
from lifecycle_core.stats.score_rounding import rounded
from tests.fakes.predictions import outcome, prediction

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.schema.prediction import Prediction

DAY = datetime(2026, 11, 28, tzinfo=UTC)
SPAN = Span(DAY, DAY + timedelta(days=1), DAY + timedelta(days=30))
KINDS = {"tenure": True, "plan": False, "a/b~c": True}
NAMES = ["score", *KINDS]


def predicted(number: int, **fields: Any) -> Prediction:  # noqa: ANN401 - of the record
    return prediction(number).model_copy(update=fields)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log in which nothing is as one would like it."""
    folder = tmp_path_factory.mktemp("log")
    with open_prediction_log(folder / "log", wal=folder / "wal") as log:
        log.append(
            [
                predicted(1, features={"tenure": 1, "plan": "a", "a/b~c": 7}),
                predicted(2, features={"tenure": "sha256:00", "plan": None}, score=0.2),
                predicted(3, score=None, decision=None, features={}, fallback="deadline"),
                predicted(4, decision=False, version=9),
                predicted(5, arm="shadow"),
                predicted(6, time="2026-11-27T23:59:59.999999Z"),
                predicted(7, time="2026-11-29T00:00:00.000000Z"),
                predicted(8, release="claims"),
            ]
        )
        log.append_outcomes(
            [
                outcome(1, 1, label=True, money=-3.5, currency="EUR"),
                outcome(2, 1, action="overridden", time="2026-11-28T09:30:00Z"),
                outcome(3, 2, action=None, label=False, time="2026-11-28T06:00:00Z", release=""),
                outcome(4, 4, action="overridden", label=True, time="2026-12-20T00:00:00Z"),
                outcome(5, 99),
                outcome(6, 3, action=None, money=2.0),
            ]
        ).result(timeout=60)
    with open_prediction_log(folder / "log", wal=folder / "wal") as log:
        log.append([predicted(2, score=0.9)])  # sent again by a caller that was in doubt
        log.append_outcomes([outcome(1, 1, label=False)]).result(timeout=60)
    return folder / "log"


def counted(log: Path, span: Span = SPAN, *, acts: bool = True) -> WindowCounts:
    with closing(CountsWindows(log, "churn", acts=acts, kinds=KINDS)) as counts:
        counts.read(span)
        return counts.count(span, counts.binnings(span, NAMES))


def test_each_row_counts_once_and_with_what_was_said_last(log: Path) -> None:
    found = counted(log)
    assert (found.rows, found.repeated, found.shadows) == (4, 1, 1)
    assert found.versions == {"3": 3, "9": 1}
    assert found.fallbacks == {"deadline": 1}
    assert (found.decided, found.acted) == (3, 2)
    assert (found.accepted, found.overridden, found.overridden_actions) == (0, 2, 1)
    assert (found.overridden_labelled, found.overridden_rightly) == (2, 1)
    assert (found.labelled, found.answered_early) == (3, 1)
    assert found.groups == (
        ScoreGroup(version="3", score=0.2, acted=True, rows=1, positives=0, negatives=1),
        ScoreGroup(version="3", score=0.62, acted=True, rows=1, positives=1, negatives=0),
        ScoreGroup(version="9", score=0.62, acted=False, rows=1, positives=1, negatives=0),
    )
    assert {name: (each.rows, each.total) for name, each in found.money.items()} == {
        "": (1, 2.0), "EUR": (1, -3.5),
    }  # fmt: skip
    assert found.hours_to_action.rows == 2
    assert found.newest == "2026-11-28T07:30:00.000004Z"


def test_scores_of_a_rare_class_are_told_apart(tmp_path: Path) -> None:
    scores = [0.9999731, 0.5, 0.0312, 0.00064, 0.000631, 0.00000123, 0.0]
    with open_prediction_log(tmp_path / "log", wal=tmp_path / "wal") as kept:
        kept.append(
            [predicted(at, score=score) for at, score in enumerate(scores)]
        ).result(timeout=60)  # fmt: skip
    found = counted(tmp_path / "log").groups
    assert [each.score for each in found] == rounded(np.array(scores[::-1])).tolist()
    assert len({each.score for each in found}) == len(scores)


def test_nothing_that_was_said_later_counts(log: Path) -> None:
    before = Span(DAY, SPAN.end, datetime(2026, 11, 28, 9, 15, tzinfo=UTC))
    found = counted(log, before)
    assert (found.rows, found.accepted, found.overridden, found.labelled) == (4, 1, 0, 2)
    assert counted(log, Span(DAY, SPAN.end, DAY)).rows == 0


def test_columns_are_counted_by_what_they_hold(log: Path) -> None:
    found = counted(log)
    tenure, plan, odd = found.columns
    by_version = {each.version: each for each in found.answers}
    assert {name: (each.decided, each.acted) for name, each in by_version.items()} == {
        "3": (2, 2), "9": (1, 0),
    }  # fmt: skip
    assert by_version["3"].score.present == 2
    assert (tenure.present, tenure.missing) == (2, 2)  # a hash is no number
    assert (plan.categories, plan.other, plan.missing) == ({"a": 1, "month-to-month": 1}, 0, 2)
    assert (odd.edges, odd.counts, odd.missing) == ((7.0,), (1, 0), 3)


def test_a_value_that_the_reference_had_not_is_another_one(log: Path) -> None:
    before = Span(DAY - timedelta(days=1), DAY, SPAN.as_of)
    with closing(CountsWindows(log, "churn", acts=True, kinds=KINDS)) as counts:
        counts.read(Span(before.start, SPAN.end, SPAN.as_of))
        found = counts.count(SPAN, counts.binnings(before, ["plan"]))
    assert (found.columns[0].categories, found.columns[0].other) == ({"month-to-month": 1}, 1)


def test_forecasts_are_counted_by_their_error(log: Path) -> None:
    found = counted(log, acts=False)
    assert (found.absolute_error.rows, found.over, found.under) == (3, 1.0, 1.0)
    assert not found.groups
    assert (found.rows, found.decided, found.acted, found.overridden_rightly) == (4, 0, 0, 0)


@pytest.mark.parametrize("acts", [True, False])
def test_quality_is_that_of_rows_that_the_model_answered(tmp_path: Path, *, acts: bool) -> None:
    own = {"release": "churn", "features": {"plan": "a"}}
    costs = CostsSection(false_positive=20, false_negative=400, over=1, under=1)
    with open_prediction_log(tmp_path / "log", wal=tmp_path / "wal") as kept:
        kept.append(
            [
                predicted(1, **own, decision=True),
                predicted(2, **own, decision=False),
                predicted(3, **own, decision=True, score=None, fallback="deadline"),
            ]
        )
        kept.append_outcomes(
            [outcome(at, at, label=at == 1) for at in (1, 2, 3)]
        ).result(timeout=60)  # fmt: skip
    kinds = {"plan": False}
    with closing(
        CountsWindows(tmp_path / "log", "churn", acts=acts, kinds=kinds, costs=costs)
    ) as counts:
        counts.read(SPAN)
        found = counts.count(SPAN, counts.binnings(SPAN, ["plan"]), segments=["plan"])
    [segment] = found.segments
    wrong = found.fallback_cost.total
    assert (wrong, found.model_cost) == (20.0 if acts else 1.0, Money(rows=2))
    assert (segment.rows, segment.accepted, segment.cost) == (3, 3, Money(rows=2))
    assert (segment.labelled, segment.right) == ((2, 2) if acts else (0, 0))
    assert found.absolute_error == (Money() if acts else Money(rows=2))


@pytest.mark.parametrize("release", ["churn", "nobody", "'; DROP TABLE x; --"])
def test_where_there_is_nothing_there_are_zeros(log: Path, tmp_path: Path, release: str) -> None:
    empty = Span(DAY + timedelta(days=90), DAY + timedelta(days=91), DAY + timedelta(days=99))
    for place in (log, tmp_path / "none"):
        with closing(CountsWindows(place, release, acts=True, kinds=KINDS)) as counts:
            counts.read(empty)
            found = counts.count(empty, counts.binnings(empty, NAMES))
        assert (found.rows, found.newest, found.groups) == (0, "", ())
        assert [each.present for each in found.columns] == [0] * len(KINDS)
