from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecycle_core.adapters.table_counting import CountedTable
from lifecycle_core.adapters.table_questions import values_of
from lifecycle_core.adapters.window_counting import count_table
from lifecycle_core.monitoring import Counted, plan_of, review
from lifecycle_core.monitoring.sums import added
from lifecycle_core.schema.contract import Feature
from tests.fakes.windows import AS_OF, stated

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lifecycle_core.adapters.prediction_log.columns import Binning
    from lifecycle_core.schema.window_counts import WindowCounts

KINDS = {"tenure": True, "calls": True, "plan": False}
PYSPARK = find_spec("pyspark") is not None


def scored(rows: int = 600, *, seed: int = 0, shift: float = 0.0) -> pa.Table:
    """Return scored rows with holes in every column."""
    rng = np.random.default_rng(seed)

    def holed(values: Any, share: float = 0.1) -> Any:  # noqa: ANN401 - an Arrow array
        return pa.array(values, mask=rng.random(rows) < share)

    week = datetime(2026, 2, 2, tzinfo=UTC)
    return pa.table(
        {
            "id": [f"{number:032x}" for number in range(rows)],
            "time": pa.array(
                [week + timedelta(hours=at) for at in rng.integers(0, 840, rows).tolist()]
            ),
            "version": [3] * rows,
            "arm": ["champion"] * (rows - 9) + ["shadow"] * 9,
            "score": holed((rng.random(rows) ** 4).round(9), 0.02),
            "decision": holed(rng.integers(0, 2, rows).astype(float), 0.02),
            "label": holed((rng.random(rows) < 0.4).astype(float), 0.3),
            "action": holed(rng.choice(["accepted", "overridden"], rows), 0.5),
            "fallback": rng.choice(["", "deadline"], rows, p=[0.95, 0.05]),
            "tenure": holed(np.r_[np.inf, np.nan, -np.inf, rng.normal(shift, 1.0, rows)][:rows]),
            "calls": holed(rng.integers(0, 9, rows)),
            "plan": holed(rng.choice(list("abcd"), rows)),
        }
    )


def binned(table: CountedTable) -> list[Binning]:
    """Return how columns are divided, with rules of a contract; in few bins, as Dask is slow."""
    return [
        each._replace(edges=each.edges[::7], required=True, minimum=-1.0, maximum=2.0)
        if each.number
        else each._replace(allowed=("a", "b"))
        for each in table.binnings(["score", *KINDS])
    ]


def counted(table: object) -> WindowCounts:
    bins = binned(CountedTable(table, KINDS))
    return CountedTable(table, KINDS).count(bins)


def of_dask(table: pa.Table) -> object:
    from dask import dataframe

    return dataframe.from_pandas(table.drop_columns("time").to_pandas(), npartitions=2)


ENGINES: dict[str, Callable[[pa.Table], object]] = {
    "duckdb": lambda table: duckdb.connect().from_arrow(table),
    "polars": pl.from_arrow,
    "pandas": lambda table: table.to_pandas(),
    "dask": of_dask,
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::FutureWarning")
def test_every_engine_gives_the_same_counts(engine: str) -> None:
    table = scored()
    wanted = counted(table)
    assert (wanted.rows, wanted.versions) == (591, {"3": 591})
    assert wanted.columns[0].broken["range"] > 0
    assert counted(ENGINES[engine](table)) == wanted


@pytest.mark.parametrize("engine", ["duckdb", "polars"])
def test_what_was_read_to_divide_columns_counts_as_if_read_again(engine: str) -> None:
    table = ENGINES[engine](scored())
    divided = CountedTable(table, KINDS)
    assert divided.count(binned(divided)) == counted(table)


@pytest.mark.skipif(not PYSPARK, reason="`make spark` runs it")
def test_spark_gives_the_same_counts(tmp_path: Path) -> None:
    import pyarrow.parquet as pq
    from pyspark.sql import SparkSession

    table = scored().drop_columns("time")
    pq.write_table(table, tmp_path / "scored.parquet")
    session = SparkSession.builder.master("local[2]").getOrCreate()
    try:
        assert counted(session.read.parquet(str(tmp_path / "scored.parquet"))) == counted(table)
    finally:
        session.stop()


@given(cut=st.integers(0, 80), order=st.randoms(use_true_random=False), seed=st.integers(0, 1_000))
@settings(max_examples=5, deadline=None)
def test_counts_add_up_and_know_no_order(cut: int, order: Any, seed: int) -> None:  # noqa: ANN401 - hypothesis's own
    table = scored(80, seed=seed)
    whole = CountedTable(table, KINDS)
    bins = binned(whole)
    wanted = whole.count(bins, quantiles=False)
    places = list(range(80))
    order.shuffle(places)
    mixed = table.take(places)
    parts = [CountedTable(part, KINDS) for part in (mixed.slice(0, cut), mixed.slice(cut))]
    together = added([each.count(bins, quantiles=False) for each in parts])
    assert together == wanted
    assert CountedTable(mixed, KINDS).count(bins) == whole.count(bins)


def test_a_table_is_reviewed_where_it_is() -> None:
    features = (
        Feature(name="tenure", type="number", required=True),
        Feature(name="plan", type="string", required=False, categories=("a", "b", "c", "d")),
    )
    release = stated()
    plan = plan_of(release.review, label="2026-W10", as_of=AS_OF)
    table = duckdb.connect().from_arrow(scored(3_000))
    found = count_table(plan, table, features=features, as_of=AS_OF)
    seen = review("churn", release, plan, Counted(**found._asdict()), as_of=AS_OF)
    assert not [each for each in seen.drift if each.state == "drift"]
    assert {"score", "decision", "tenure", "plan"} == {each.column for each in seen.drift}
    domain = seen.figure("domain_auc").interval
    assert domain is not None
    assert domain.low <= 0.5 <= domain.high
    assert seen.figure("expected_auc").value is not None
    assert seen.figure("weighted_auc").value is not None
    assert [each.column for each in seen.contract] == ["tenure"]
    assert seen.figure("rows").value == found.window.rows > 500


@pytest.mark.parametrize("rows", [0, 1])
def test_next_to_nothing_is_not_enough_data(rows: int) -> None:
    release = stated()
    plan = plan_of(release.review, label="2026-W10", as_of=AS_OF)
    features = (Feature(name="tenure", type="number", required=True),)
    table = scored(3_000).slice(0, rows)
    found = count_table(plan, table, features=features, as_of=AS_OF)
    seen = review("churn", release, plan, Counted(**found._asdict()), as_of=AS_OF)
    assert not [each for each in seen.drift if each.state == "drift"]


def test_a_table_may_have_scores_alone() -> None:
    found = CountedTable(pa.table({"score": [0.1, None, float("nan")]}), {})
    counts = found.count(found.binnings(["score"]))
    assert (counts.rows, counts.answers[0].score.present) == (3, 1)


def test_of_many_rows_some_are_picked_by_their_ids() -> None:
    rows = 4_000
    ids = [f"{number * 2_654_435_761 % (1 << 32):08x}" for number in range(rows)]
    found = CountedTable(pa.table({"id": ids, "score": np.linspace(0, 1, rows)}), {})
    assert 300 < len(values_of(found._marked(500), ["score"])["score"]) < 800
