from __future__ import annotations

import math

import numpy as np
import pytest

from lifecycle_core.delivering.edges import edge_rows
from lifecycle_core.schema.contract import Contract, Feature, LogicalType


def edges(kind: LogicalType, sample: list[object], thresholds: list[float]) -> list[object]:
    feature = Feature(name="x", type=kind, required=True, categories=(), minimum=None)
    found = edge_rows(Contract(name="c", features=(feature,)), {"x": sample}, {"x": thresholds})
    assert len(found.columns["x"]) == len(found.odd)
    return found.columns["x"]


def test_numbers_stand_beside_thresholds_and_where_float32_and_float64_part() -> None:
    values = edges("number", [1.0, 2.0], [0.1])
    for near in (0.1, math.nextafter(0.1, 1), math.nextafter(0.1, 0), float(np.float32(0.1))):
        assert near in values
    assert float(np.nextafter(np.float32(0.1), np.float32(1))) in values
    assert {None, 0.0, 1e300, -1e300, float(2**24 + 1)} <= set(values)


def test_integers_stay_integers() -> None:
    values = edges("integer", [3, 9], [4.5])
    assert {4, 5, 2**24 + 1, -(2**53) - 1} <= {value for value in values if value is not None}
    assert all(value is None or isinstance(value, int) for value in values)


@pytest.mark.parametrize(("kind", "some"), [("string", "a"), ("boolean", True)])
def test_there_is_a_row_without_a_value_and_one_of_each_level(
    kind: LogicalType, some: object
) -> None:
    values = edges(kind, [some], [])
    assert None in values
    assert some in values
    assert len(values) > 2


def test_only_one_value_of_a_row_is_odd() -> None:
    features = tuple(Feature(name=name, type="integer", required=True) for name in "ab")
    found = edge_rows(Contract(name="c", features=features), {"a": [1, 2], "b": [3, 4]}, {})
    rows = list(zip(found.columns["a"], found.columns["b"], strict=True))
    assert all(a in {1, 2} or b in {3, 4} for a, b in rows)
    assert found.odd[0] == "a = None"
