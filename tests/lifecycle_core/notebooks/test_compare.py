from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.notebooks.compare import compare_outputs
from lifecycle_core.notebooks.normalisers.base import display, stream
from lifecycle_core.notebooks.tolerance import RelativeError, largest_relative_error

Outputs = list[Any]


def test_the_same_is_identical() -> None:
    outputs = [stream("0.8\n"), display("text/plain", "x")]
    assert compare_outputs(outputs, list(outputs), rtol=0.0).status == "identical"
    assert compare_outputs([], [], rtol=0.0).status == "identical"


def test_only_needed_normalisers_are_named() -> None:
    stored = [
        stream("\x1b[1mloss\x1b[0m\n"),
        stream("0.5\n"),
        stream("/a.py:1: UserWarning: few\n  f()\n", "stderr"),
    ]
    fresh = [stream("\x1b[1mloss\x1b[0m\n0.5\n")]
    found = compare_outputs(stored, fresh, rtol=0.0)
    assert found.status == "cosmetic"
    assert found.normalisers == ("stream_chunks", "warnings_text")


def test_numbers_within_tolerance_say_how_far_apart_they_are() -> None:
    stored = [display("text/html", "<b>auc</b> 0.84000000 of 7043"), stream("0.5\n")]
    fresh = [display("text/html", "<b>auc</b> 0.84000001 of 7043"), stream("0.5\n")]
    found = compare_outputs(stored, fresh, rtol=1e-6)
    assert found.status == "tolerance"
    assert found.max_rel_error == pytest.approx(1.19e-8, rel=1e-2)
    assert found.normalisers == ()
    assert compare_outputs(stored, fresh, rtol=0.0).status == "different"


def test_a_count_is_never_within_tolerance() -> None:
    found = compare_outputs([stream("10000000 rows")], [stream("10000001 rows")], rtol=1e-6)
    assert found.status == "different"


def test_numbers_in_json_are_compared_as_numbers() -> None:
    kind = "application/vnd.plotly.v1+json"
    stored = [display(kind, {"data": [{"y": [1.0, 2.0], "name": "a"}]})]
    fresh = [display(kind, {"data": [{"name": "a", "y": [1.0, 2.0 + 1e-9]}]})]
    assert compare_outputs(stored, fresh, rtol=1e-6).status == "tolerance"
    other = [display(kind, {"data": [{"name": "b", "y": [1.0, 2.0]}]})]
    assert compare_outputs(stored, other, rtol=1e-6).status == "different"


def test_the_first_difference_is_told_in_one_line() -> None:
    found = compare_outputs(
        [stream("rows 10\nauc 0.81\n")], [stream("rows 10\nauc 0.79\n")], rtol=1e-6
    )
    assert found.detail == "stdout, line 2: stored auc 0.81, clean run auc 0.79"
    assert (found.stored, found.fresh) == ("rows 10\nauc 0.81", "rows 10\nauc 0.79")


def test_a_missing_output_is_told() -> None:
    found = compare_outputs([stream("a\n"), display("text/plain", "x")], [stream("a\n")], rtol=0.0)
    assert found.detail == "stored 2 outputs, clean run 1 output; only stored has text/plain: x"
    assert found.stored == "x"


def test_long_text_is_cut_around_the_difference() -> None:
    lines = [f"line {number}" for number in range(100_000)]
    changed = [*lines[:90_000], "other", *lines[90_001:]]
    found = compare_outputs([stream("\n".join(lines))], [stream("\n".join(changed))], rtol=0.0)
    assert found.detail == "stdout, line 90001: stored line 90000, clean run other"
    assert len(found.stored) == len(found.fresh) == 2_000
    assert "line 90000" in found.stored
    assert "other" in found.fresh


def test_deeply_nested_json_is_compared() -> None:
    deep = json.loads('{"a":' * 900 + "1.0" + "}" * 900)
    other = json.loads('{"a":' * 900 + "1.000000001" + "}" * 900)
    found = compare_outputs(
        [display("application/json", deep)], [display("application/json", other)], rtol=1e-6
    )
    assert found.status == "tolerance"


@given(value=st.floats(-1e300, 1e300), factor=st.floats(-1e-7, 1e-7))
def test_relative_error_is_symmetric_and_bounded(value: float, factor: float) -> None:
    other = value * (1 + factor)
    error = largest_relative_error(value, other)
    back = largest_relative_error(other, value)
    assert error is not None
    assert back is not None
    assert error.size == back.size
    assert 0 <= error.size <= 2


@given(text=st.text(max_size=60))
def test_text_has_no_distance_from_itself(text: str) -> None:
    assert largest_relative_error(text, text) == RelativeError()


@pytest.mark.parametrize(
    ("one", "other"),
    [("v1.2.3", "v1.2.4"), ("0.5", "0.5 s"), ("x1.5", "x1.6"), ("a 1", "b 1"), (1, 1.0), (1, True)],
)
def test_what_is_no_number_must_agree(one: object, other: object) -> None:
    assert largest_relative_error(one, other) is None


def test_columns_may_follow_the_width_of_numbers() -> None:
    error = largest_relative_error("a   0.1", "a 0.10000001")
    assert error is not None
    assert error.size == pytest.approx(1e-7, rel=1e-3)
