from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from lifecycle_core.adapters.scorers import Encoder
from lifecycle_core.errors import TableInvalid
from lifecycle_core.schema.encoding import CategoryColumn, Encoding, NumberColumn

SCALED = NumberColumn(
    feature="paid", missing=3.0,
    operations=(("subtract", 1.0), ("divide", 3.0), ("multiply", 0.1), ("add", 7.0),
                ("at_least", 6.9), ("at_most", 7.2)),
)  # fmt: skip
PLAN = CategoryColumn(
    feature="plan", levels=("a", "b"), numbers=((1.0, 0.0), (0.0, 1.0)), unknown=(0.0, 0.0)
)
RANK = CategoryColumn(
    feature="plan", levels=("a", "b"), numbers=((0.0,), (None,)), unknown=(-1.0,), missing=(None,)
)
RAW = NumberColumn(feature="age")


def encoder(*columns: NumberColumn | CategoryColumn, **more: Any) -> Encoder:  # noqa: ANN401 - fields
    return Encoder.of(Encoding(columns=columns, **{"largest": 1e300, **more}))


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ({"paid": 2, "plan": "a", "age": True}, [7.0 + 1 / 3 * 0.1, 1, 0, 0, 1]),
        ({"paid": None, "plan": "b", "age": None}, [7.0 + 2 / 3 * 0.1, 0, 1, math.nan, math.nan]),
        ({"paid": math.nan, "plan": "z", "age": -1e9}, [7.0 + 2 / 3 * 0.1, 0, 0, -1, -1e9]),
        ({"paid": 1e9, "plan": "a", "age": 0.1}, [7.2, 1, 0, 0, 0.1]),
        ({"paid": -1e9, "plan": "a", "age": 0.1}, [6.9, 1, 0, 0, 0.1]),
    ],
)
def test_one_row_and_many_give_the_same_numbers(row: dict[str, Any], wanted: list[float]) -> None:
    made = encoder(SCALED, PLAN, RANK, RAW)
    assert made.features == ("paid", "plan", "age")
    alone = made.row({**row, "extra": "ignored"})
    np.testing.assert_array_equal(alone, made.rows({name: [value] for name, value in row.items()}))
    np.testing.assert_allclose(alone[0], wanted, rtol=1e-15)


def test_arrow_s_columns_give_the_same_numbers() -> None:
    made = encoder(SCALED, PLAN, RANK, RAW, CategoryColumn(
        feature="sold", levels=(False, True), numbers=((0.0,), (1.0,)), unknown=(9.0,),
        missing=(8.0,),
    ))  # fmt: skip
    columns: dict[str, list[Any]] = {
        "paid": [2.0, None, 1e9, -1.0],
        "plan": ["a", "z", "b", "a"],
        "age": [3, None, 1, 7],
        "sold": [True, None, False, True],
    }
    plain = made.rows(columns)
    for step in (1, 2):
        arrow = {name: pa.array(values)[::step] for name, values in columns.items()}
        np.testing.assert_array_equal(made.rows(arrow), plain[::step])
    assert made.rows({name: pa.array(values)[:0] for name, values in columns.items()}).shape == (
        0, plain.shape[1],
    )  # fmt: skip
    flags = encoder(RAW)
    np.testing.assert_array_equal(flags.rows({"age": pa.array([True, None])}), [[1], [math.nan]])
    with pytest.raises(TableInvalid, match="Found a missing value"):
        encoder(PLAN).rows({"plan": pa.array(["a", None])})


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a missing category": ({"plan": None, "age": 1.0}, "Found a missing value"),
    "a missing number": ({"plan": "a", "age": None}, "contains NaN"),
    "a number too large": ({"plan": "a", "age": 1e39}, "too large"),
    "an infinite number": ({"plan": "a", "age": math.inf}, "too large"),
    "text for a number": ({"plan": "a", "age": "old"}, "The model refuses these rows"),
    "no such column": ({"plan": "a"}, "There is no column 'age'"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_model_would_refuse_is_refused(name: str) -> None:
    row, message = REFUSED[name]
    made = encoder(PLAN, RAW, largest=3.4e38, never_missing=(2,))
    with pytest.raises(TableInvalid, match=message):
        made.row(row)
    with pytest.raises(TableInvalid, match=message):
        made.rows({key: [value] for key, value in row.items()})


def test_arrays_and_no_rows_are_taken_too() -> None:
    made = encoder(PLAN, RAW)
    columns = {"plan": np.array(["b", "a"]), "age": np.array([1, 2])}
    assert made.rows(columns).tolist() == [[0, 1, 1], [1, 0, 2]]
    assert made.rows({"plan": [], "age": []}).shape == (0, 3)


def test_numbers_that_are_categories_are_found_by_value() -> None:
    code = CategoryColumn(feature="code", levels=(1, 2.5), numbers=((1.0,), (2.0,)))
    assert encoder(code).rows({"code": [1.0, True, 2.5]}).ravel().tolist() == [1.0, 1.0, 2.0]
