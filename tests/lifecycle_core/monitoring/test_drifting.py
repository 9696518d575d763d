from __future__ import annotations

import pickle
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from lifecycle_core.adapters.tables import FrameColumns
from lifecycle_core.monitoring import DriftFound, References

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def frame(
    rows: int = 2_000, *, shift: float = 0.0, north: float = 0.5, seed: int = 0
) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "age": rng.normal(40 + 10 * shift, 10, rows),
            "region": np.where(rng.random(rows) < north, "north", "south"),
            "member": rng.random(rows) < 0.3,
            "since": pd.Timestamp("2026-01-01"),
        }
    )


def found(
    tmp_path: Path, reference: pd.DataFrame, value: object, *, name: str = "r.parquet"
) -> DriftFound:
    path = tmp_path / name
    reference.to_parquet(path) if name.endswith("parquet") else reference.to_csv(path, index=False)
    references = References(
        declared_for={("load", "customers"): (str(path), 0.2)}, columns=FrameColumns()
    )
    return references.drift("load", "customers", value, run="r", pipeline="churn", now=NOW)


@pytest.mark.parametrize("name", ["r.parquet", "r.csv"])
def test_each_column_has_its_index_and_none_drifts(tmp_path: Path, name: str) -> None:
    events, problems = found(tmp_path, frame(), frame(seed=1), name=name)
    assert problems == () or "since" in problems[0]
    assert [event.column for event in events][:3] == ["age", "region", "member"]
    assert all(0 <= event.value < 0.02 and not event.drifted for event in events[:3])
    first = events[0]
    assert (first.step, first.name, first.statistic, first.limit) == (
        "load", "customers", "population_stability_index", 0.2,
    )  # fmt: skip
    assert first.at == "2026-01-31T12:00:00.000000+00:00"


def test_a_shifted_number_and_a_turned_category_are_seen(tmp_path: Path) -> None:
    events, _ = found(tmp_path, frame(), frame(shift=1, north=0.9, seed=1))
    drifted = {event.column: event.drifted for event in events}
    assert drifted == {"age": True, "region": True, "member": False}
    index = {event.column: event.value for event in events}
    assert index["age"] == pytest.approx(1.0, rel=0.15)  # Jeffreys: the shift in sd, squared
    assert index["region"] == pytest.approx(0.4 * np.log(1.8) + 0.4 * np.log(5), rel=0.15)


def test_few_rows_that_differ_by_chance_do_not_drift(tmp_path: Path) -> None:
    """At 40 rows equal populations pass 0.2 most of the time."""
    seen = [found(tmp_path, frame(40), frame(40, seed=seed)).events[0] for seed in range(1, 30)]
    assert sum(event.value > 0.2 for event in seen) > 15
    assert sum(event.drifted for event in seen) <= 1


def test_missing_values_are_a_bin_of_their_own(tmp_path: Path) -> None:
    holed = frame(seed=1)
    holed.loc[holed.index < 1_000, ["age", "region"]] = None
    events, _ = found(tmp_path, frame(), holed)
    assert [event.column for event in events if event.drifted] == ["age", "region"]


def test_a_new_category_counts(tmp_path: Path) -> None:
    renamed = frame().assign(region="east")
    events, _ = found(tmp_path, frame(), renamed)
    assert next(event for event in events if event.column == "region").value > 5


def test_a_categorical_is_read_as_its_values(tmp_path: Path) -> None:
    now = frame(seed=1).astype({"region": "category"})
    events, problems = found(tmp_path, frame().astype({"region": "category"}), now)
    assert "region" in {event.column for event in events}
    assert problems == ()


def test_what_cannot_be_compared_is_said(tmp_path: Path) -> None:
    now = frame(seed=1).drop(columns="age").assign(region=5)
    events, problems = found(tmp_path, frame(), now)
    assert [event.column for event in events] == ["member"]
    (problem,) = problems
    assert problem == (
        "Drift of load.customers is not known for age, region: "
        "no rows, or another type than in the reference, or no such column."
    )


@pytest.mark.parametrize("value", [5, None, [1, 2], pd.DataFrame(), pd.Series([1.0])])
def test_what_is_no_table_is_said(tmp_path: Path, value: object) -> None:
    events, problems = found(tmp_path, frame(), value)
    assert events == ()
    assert problems[0].startswith("Drift of load.customers is not known: load.customers")


def test_an_empty_table_has_no_drift(tmp_path: Path) -> None:
    events, problems = found(tmp_path, frame(), frame().iloc[:0])
    assert events == ()
    assert "no rows" in problems[0]


def test_a_damaged_reference_is_said(tmp_path: Path) -> None:
    (tmp_path / "r.parquet").write_bytes(b"PAR1 no more")
    references = References(
        declared_for={("a", "b"): (str(tmp_path / "r.parquet"), 0.2)}, columns=FrameColumns()
    )
    events, problems = references.drift("a", "b", frame(), run="r", pipeline="p", now=NOW)
    assert events == ()
    assert "cannot be read" in problems[0]


def test_what_is_not_declared_is_not_looked_at() -> None:
    references = References(declared_for={}, columns=FrameColumns())
    assert not references.declared("a", "b")
    nothing = references.drift("a", "b", object(), run="r", pipeline="p", now=NOW)
    assert nothing == DriftFound((), ())


def test_it_crosses_processes() -> None:
    references = References(declared_for={("a", "b"): ("r.csv", 0.2)}, columns=FrameColumns())
    assert pickle.loads(pickle.dumps(references)).declared("a", "b")  # noqa: S301 - our own bytes


def test_a_column_of_identifiers_stays_small(tmp_path: Path) -> None:
    rare = ["north"] * 500 + [f"id {number}" for number in range(3_000)]
    reference = pd.DataFrame({"key": rare})
    events, problems = found(tmp_path, reference, pd.DataFrame({"key": rare[::-1]}))
    assert problems == ()
    assert events[0].value < 0.01  # identifiers are all "others", north is itself
    assert len(FrameColumns().of_frame(reference, name="r")["key"].categories) == 1_000
