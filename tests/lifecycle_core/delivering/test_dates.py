"""Dates and moments mean the same in tables and in requests."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from lifecycle_core.adapters.tables import Batch, DuckTables
from lifecycle_core.delivering.row_checks import RowChecks
from lifecycle_core.schema.contract import Contract, Feature

if TYPE_CHECKING:
    from pathlib import Path

GOOD = {
    "date": ["2024-01-05", "20240105", "0001-01-01", "9999-12-31", "2024-02-29"],
    "timestamp": [
        "2024-01-05", "20240105", "2024-01-05T10", "2024-01-05 10Z", "2024-01-05T10+02:00",
        "2024-01-05 10:30", "2024-01-05T10:30:05.123456789", "20240105T103005",
        "20240105T103005.25+0200", "2024-01-05T10:30:05-01:30", "2024-01-05T10:30:05+02",
        "0001-01-01", "9999-12-31T23:59:59.999999", "2024-01-05T23:59:59+23:59",
    ],
}  # fmt: skip
BAD = {
    "date": [
        "infinity", "-infinity", "epoch", "today", "-1-01-01", "0000-01-01", "10000-01-01",
        "2024-1-5", "2024/01/05", "2024-02-30", " 2024-01-05", "2024-0105", "2024-01-05T00:00",
        "44 BC",
    ],
    "timestamp": [
        "infinity", "-infinity", "epoch", "now", "294247-01-01", "0000-01-01", "2024-1-5",
        "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2024-01-05T10:30:60",
        "2024-01-05 10:30 Europe/Berlin", "2024-01-05T10:30+25:00", "2024-01-05T25:00", "2024-0105",
        "2024-01-05T10:30:00.", "2024/01/05 10:30",
    ],
}  # fmt: skip


def contract(kind: str) -> Contract:
    feature = Feature.model_validate({"name": "x", "type": kind, "required": False})
    return Contract(name="c", features=(feature,))


def batch_of(path: Path, kind: str) -> Batch:
    with DuckTables().stream(path, contract(kind)) as batches:
        (batch,) = batches
    return batch


def in_csv(folder: Path, texts: list[str]) -> Path:
    path = folder / "t.csv"
    path.write_text("x\n" + "".join(f'"{text}"\n' for text in texts), encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", GOOD)
def test_what_requests_take_is_the_same_in_tables(tmp_path: Path, kind: str) -> None:
    texts = GOOD[kind]
    asked = RowChecks(contract(kind)).check({"x": texts}, len(texts), now=0)
    assert asked.refusals == ()
    batch = batch_of(in_csv(tmp_path, texts), kind)
    assert not batch.mistyped
    assert batch.columns["x"].to_pylist() == asked.columns["x"]


@pytest.mark.parametrize("kind", BAD)
def test_what_requests_refuse_is_of_another_type_in_tables(tmp_path: Path, kind: str) -> None:
    texts = BAD[kind]
    asked = RowChecks(contract(kind)).check({"x": texts}, len(texts), now=0)
    assert len(asked.bad) == len(texts)
    path = in_csv(tmp_path, texts)
    batch = batch_of(path, kind)
    assert batch.mistyped
    assert batch.columns["x"].to_pylist() == [None] * len(texts)
    assert DuckTables().measure(path, contract(kind)).measures["x"].mistyped == len(texts)


FIRST, LAST = datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999999)  # noqa: DTZ001 - contracts have none


@pytest.mark.parametrize(
    ("kind", "values", "good"),
    [
        ("date", pa.array([2932896, 2932897, -719162, -719163], pa.int32()).cast(pa.date32()),
         [date(9999, 12, 31), None, date(1, 1, 1), None]),
        ("timestamp", pa.array([253402300799999999, 253402300800000000, -62135596800000000,
                                -62135596800000001, 2**63 - 1]).cast(pa.timestamp("us")),
         [LAST, None, FIRST, None, None]),
    ],
)  # fmt: skip
def test_years_that_python_does_not_have_are_of_another_type_in_parquet(
    tmp_path: Path,
    kind: str,
    values: Any,  # noqa: ANN401 - a pyarrow array
    good: list[Any],
) -> None:
    path = tmp_path / "t.parquet"
    parquet.write_table(pa.table({"x": values}), path)
    batch = batch_of(path, kind)
    assert batch.mistyped
    assert batch.columns["x"].to_pylist() == good
    fresh = Contract(name="c", features=(), freshness_column="x", freshness_hours=1)
    assert str(DuckTables().measure(path, fresh).newest).startswith("9999-12-31")
