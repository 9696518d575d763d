from __future__ import annotations

import pickle
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from lifecycle_core.adapters.tables import measure_frame
from lifecycle_core.contracting import AgreedBorder, BorderCheck, Borders
from lifecycle_core.schema.contract import Contract, Feature

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
CONTRACT = Contract(
    name="customers",
    features=(
        Feature(name="age", type="integer", required=True, minimum=0, maximum=120),
        Feature(name="region", type="string", required=False, categories=("north", "south")),
        Feature(name="seen", type="timestamp", required=True),
    ),
    freshness_column="seen",
    freshness_hours=48,
)


def borders(*, stops: bool = True) -> Borders:
    agreed = AgreedBorder(contract=CONTRACT, digest="sha256:0", stops=stops)
    return Borders(agreed={("load", "customers"): agreed}, measure=measure_frame)


def frame(**columns: object) -> pd.DataFrame:
    good = {
        "age": [40, 50],
        "region": ["north", None],
        "seen": pd.to_datetime(["2026-01-30", "2026-01-31"]),
    }
    return pd.DataFrame({**good, **columns})


def checked(value: object, *, stops: bool = True) -> BorderCheck:
    found = borders(stops=stops).check(
        "load", "customers", value, run="r", pipeline="churn", now=NOW
    )
    assert found is not None
    return found


def test_a_table_that_keeps_its_contract() -> None:
    event, stop = checked(frame())
    assert event.violations == ()
    assert event.passed
    assert not stop
    assert event.checks == 13
    assert (event.step, event.name, event.contract, event.run) == (
        "load", "customers", "customers", "r",
    )  # fmt: skip
    assert event.at == "2026-01-31T12:00:00.000000+00:00"


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"age": [40, 200]}, "Column 'age' has 1 row outside 0 to 120, such as '200'."),
        ({"age": [40, None]}, "Column 'age' has 1 row without a value"),
        ({"age": [40, 1.5]}, "cannot be read as integer"),
        ({"region": ["north", "east"]}, "none of its 2 categories, such as 'east'"),
        ({"region": pd.Categorical(["north", "east"])}, "none of its 2 categories"),
        ({"more": [1, 2]}, "Column 'more' is in the table, but not in the contract."),
        ({"seen": pd.to_datetime(["2025-01-01"] * 2)}, "hours old"),
        ({"region": [["a"], ["b"]]}, "it must be string"),
    ],
)
def test_a_broken_rule_stops_or_is_only_told(columns: dict[str, Any], message: str) -> None:
    event, stop = checked(frame(**columns))
    assert not event.passed
    assert message in " ".join(event.violations)
    assert stop
    assert not checked(frame(**columns), stops=False).stop


def test_other_frames_are_tables_too() -> None:
    assert checked(pa.table(frame())).event.passed
    indexed = frame().set_index(np.array([7, 9]))
    assert checked(indexed).event.passed


@pytest.mark.parametrize("value", [None, 5, {"age": [1]}, pd.Series([1]), pd.DataFrame()])
def test_what_is_no_table_breaks_the_contract(value: object) -> None:
    event, stop = checked(value)
    assert not event.passed
    assert stop
    assert event.violations[0].startswith("load.customers ")


def test_columns_of_mixed_types_and_of_the_same_name_break_it() -> None:
    assert "cannot be read as a table" in checked(frame(age=[1, "x"])).event.violations[0]
    twice = pd.concat([frame(), frame()], axis=1)
    assert "Duplicate column names" in checked(twice).event.violations[0]


def test_names_that_look_like_sql_are_names() -> None:
    named = frame().assign(**{'c0"; DROP TABLE source; --': 1})
    assert "but not in the contract" in checked(named).event.violations[0]


def test_an_empty_table_breaks_it() -> None:
    assert "no rows" in " ".join(checked(frame().iloc[:0]).event.violations)


def test_the_frame_is_not_changed() -> None:
    given = frame(region=pd.Categorical(["north", "south"]))
    kept = given.copy(deep=True)
    checked(given)
    pd.testing.assert_frame_equal(given, kept)


def test_what_is_not_declared_is_not_looked_at() -> None:
    other = borders().check("load", "other", object(), run="r", pipeline="p", now=NOW)
    assert other is None
    assert not borders().declared("load", "other")
    assert borders().declared("load", "customers")


def test_they_cross_processes() -> None:
    again = pickle.loads(pickle.dumps(borders()))  # noqa: S301 - our own bytes
    found = again.check("load", "customers", frame(), run="r", pipeline="churn", now=NOW)
    assert found.event.passed
