from __future__ import annotations

import duckdb
import numpy as np
import pytest

from lifecycle_core.adapters.prediction_log.column_counting import count_columns
from lifecycle_core.adapters.prediction_log.columns import SHARES, Binning

ROWS = 200_007  # of several batches
EDGES = (-1.0, 10.0, 150_000.5, ROWS - 1.0)


@pytest.fixture(scope="module")
def engine() -> duckdb.DuckDBPyConnection:
    made = duckdb.connect()
    made.execute(
        "CREATE TABLE scored AS "
        "SELECT range AS x, CASE WHEN range % 10 > 0 THEN range END AS holed, "
        "CASE WHEN range % 4 > 0 THEN 'k' || range % 3 END AS kind FROM range(?)",
        [ROWS],
    )
    return made


def test_counts_of_all_batches_add_up(engine: duckdb.DuckDBPyConnection) -> None:
    binning = Binning("x", number=True, edges=EDGES, required=True, minimum=3.0, maximum=1_000.0)
    asked = [(binning, "x"), (binning._replace(name="holed", maximum=None), "holed")]
    whole, holed = count_columns(engine.table("scored"), asked)
    assert whole.counts == (0, 11, 149_990, ROWS - 150_001, 0)
    assert whole.broken == {"null": 0, "range": 3 + ROWS - 1_001}
    assert holed.missing == 20_001 == ROWS - sum(holed.counts)
    assert holed.counts[:2] == (0, 9)
    assert holed.broken == {"null": 20_001, "range": 2}


def test_quantiles_are_of_the_rows_that_are_picked(engine: duckdb.DuckDBPyConnection) -> None:
    asked = [(Binning("holed", number=True), "holed")]
    picked = "CASE WHEN x >= 50 THEN x % 1000 < 50 END"
    (found,) = count_columns(engine.table("scored"), asked, quantiles_from=picked)
    values = [x for x in range(50, ROWS) if x % 1000 < 50 and x % 10]
    assert found.quantiles == pytest.approx(np.quantile(values, SHARES), abs=0)


def test_columns_keep_their_order_beside_categories(engine: duckdb.DuckDBPyConnection) -> None:
    kind = Binning("kind", number=False, categories=("k1", "k0"), allowed=("k0", "k1"))
    number = Binning("x", number=True)
    asked = [(number, "x"), (kind, "kind"), (number._replace(name="half"), "x / 2")]
    found = count_columns(engine.table("scored").filter("x < 12"), asked)
    assert [each.name for each in found] == ["x", "kind", "half"]
    assert (found[1].categories, found[1].other) == ({"k1": 3, "k0": 3}, 3)
    assert found[1].broken == {"category": 3}
    assert found[1].missing == 3


def test_a_number_that_is_kept_in_fewer_digits_is_compared_as_it_is(
    engine: duckdb.DuckDBPyConnection,
) -> None:
    binning = Binning("x", number=True, edges=(0.1,))  # 0.1 in four bytes is more
    (found,) = count_columns(engine.sql("SELECT 0.1::FLOAT AS x"), [(binning, "x")])
    assert found.counts == (0, 1)


def test_what_is_not_finite_counts_as_missing(engine: duckdb.DuckDBPyConnection) -> None:
    table = engine.sql("SELECT unnest(['1', 'nan', 'inf', '-inf', NULL, '9'])::DOUBLE AS x")
    binning = Binning("x", number=True, edges=(2.0,), maximum=5.0)
    (found,) = count_columns(table, [(binning, "x")], quantiles_from="true")
    assert (found.counts, found.missing, found.broken) == ((1, 1), 4, {"range": 1})
    assert found.quantiles[9] == 5.0


def test_no_rows_have_counts_and_no_quantiles(engine: duckdb.DuckDBPyConnection) -> None:
    binning = Binning("x", number=True, edges=(1.0, 2.0))
    none = engine.table("scored").filter("x < 0")
    (found,) = count_columns(none, [(binning, "x")], quantiles_from="true")
    assert (found.counts, found.missing, found.quantiles) == ((0, 0, 0), 0, ())
