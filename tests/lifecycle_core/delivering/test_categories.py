"""The categories of a column mean the same wherever its rows are judged."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
import sqlalchemy as sa

from lifecycle_core.adapters.in_database.converting import ModelQuery
from lifecycle_core.adapters.in_database.statements import ScoreStatement
from lifecycle_core.adapters.prediction_log.columns import Binning
from lifecycle_core.adapters.reference_profile import with_rules
from lifecycle_core.adapters.tables import DuckTables
from lifecycle_core.delivering.row_checks import RowChecks
from lifecycle_core.delivering.serving import example_row
from lifecycle_core.schema.contract import Contract, Feature
from lifecycle_core.schema.finalization import DecisionRule

if TYPE_CHECKING:
    from pathlib import Path

# By type: categories as they may be written, good values, bad values.
CASES: dict[str, tuple[tuple[str, ...], list[Any], list[Any]]] = {
    "number": (("1", "2.50", "-3e0"), [1.0, 2.5, -3.0], [1.5, 25.0]),
    "integer": (("1", "2.0", "-3"), [1, 2, -3], [3, 20]),
    "boolean": (("True",), [True], [False]),
    "string": (("1.0", "True"), ["1.0", "True"], ["1", "true"]),
    "date": (("2026-01-31",), [date(2026, 1, 31)], [date(2026, 2, 1)]),
    "timestamp": (
        ("2026-01-31 06:00:00", "2026-02-01T00:00:00+02:00"),
        [datetime(2026, 1, 31, 6), datetime(2026, 1, 31, 22)],  # noqa: DTZ001 - contracts have none
        [datetime(2026, 2, 1)],  # noqa: DTZ001 - as above
    ),
    "number that no text is": (("many", "inf"), [], [1.0]),
}


def case(name: str) -> tuple[Contract, list[Any], list[bool]]:
    """Return a contract of one column, values of it, and whether each is refused."""
    categories, good, bad = CASES[name]
    kind = name.split(maxsplit=1)[0]
    feature = Feature.model_validate(
        {"name": "x", "type": kind, "required": False, "categories": categories}
    )
    values = [*good, None, *bad]
    return Contract(name="c", features=(feature,)), values, [each in bad for each in values]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("name", CASES)
def test_in_tables(tmp_path: Path, name: str, kind: str) -> None:
    contract, values, refused = case(name)
    frame = pd.DataFrame({"x": pd.Series(values, dtype=object), "key": range(len(values))})
    path = tmp_path / f"t.{kind}"
    frame.to_csv(path, index=False) if kind == "csv" else frame.to_parquet(path, index=False)
    with DuckTables().stream(path, contract) as batches:
        (batch,) = batches
    assert [reason is not None for reason in batch.reasons.to_pylist()] == refused
    assert DuckTables().measure(path, contract).measures["x"].unknown == sum(refused)


@pytest.mark.parametrize("times", [1, 20])  # few rows are read one by one, many at once
@pytest.mark.parametrize("name", CASES)
def test_in_requests(name: str, times: int) -> None:
    contract, values, refused = case(name)
    asked = {"x": values * times}
    found = RowChecks(contract).check(asked, len(asked["x"]), now=0.0)
    assert [at in found.bad for at in range(len(asked["x"]))] == refused * times
    assert {refusal.rule for refusal in found.refusals} == {"category"}


@pytest.mark.parametrize("name", CASES)
def test_an_example_is_let_pass(name: str) -> None:
    contract, values, _ = case(name)
    if values[0] is not None:
        row = example_row(contract)
        assert not RowChecks(contract).check({"x": [row["x"]]}, 1, now=0.0).bad


@pytest.mark.parametrize(
    "name", ["number", "integer", "boolean", "string", "number that no text is"]
)
def test_in_a_database(tmp_path: Path, name: str) -> None:
    contract, values, refused = case(name)
    statement = ScoreStatement(
        contract=contract, rule=DecisionRule(kind="threshold", value=0.5),
        query=ModelQuery("", ""), dialect="sqlite", release="c", version=1, run="r",
        next_step=None, when_missing=None, due=None,
    )  # fmt: skip
    with closing(sqlite3.connect(tmp_path / "shop.db")) as connection, connection:
        connection.execute("CREATE TABLE t (at INTEGER, x)")
        connection.executemany("INSERT INTO t VALUES (?, ?)", list(enumerate(values)))
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'shop.db'}")
    table = sa.table("t", sa.column("at"), sa.column("x"))
    with engine.connect() as there:
        rows = [
            each[0]
            for each in there.execute(statement.rejected(table, (), ("at",), computed=False))
        ]
    engine.dispose()
    assert [at in rows for at in range(len(values))] == refused


def test_in_reviews_truths_are_those_of_the_log() -> None:
    contract, _, _ = case("boolean")
    (found,) = with_rules([Binning("x", number=False)], contract.features)
    assert found.allowed == ("true",)
