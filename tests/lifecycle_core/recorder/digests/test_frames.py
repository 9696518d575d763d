"""Digests of pandas and pyarrow values."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.recorder.digests import digest

if TYPE_CHECKING:
    from collections.abc import Callable


def columns() -> dict[str, Any]:
    texts = ["x", None, "zz", "", "ü"]
    return {
        "floats": [1.0, np.nan, 3.0, -0.0, 5.0],
        "integers": [1, 2, 3, 4, 5],
        "flags": [True, False, True, True, False],
        "texts": texts,
        "objects": pd.Series(texts, dtype=object),
        "categories": pd.Categorical(texts),
        "ordered": pd.Categorical([1, 2, 1, 2, None], ordered=True),
        "times": pd.date_range("2020-01-01", periods=5),
        "zoned": pd.date_range("2020-01-01", periods=5, tz="Europe/Berlin"),
        "spans": pd.to_timedelta([1, 2, 3, 4, 5], unit="s"),
        "periods": pd.period_range("2020-01", periods=5, freq="M"),
        "nullable": pd.array([1, None, 3, 4, 5], dtype="Int64"),
        "decided": pd.array([True, None, False, True, True], dtype="boolean"),
        "intervals": pd.interval_range(0, 5),
        "sparse": pd.arrays.SparseArray([0, 0, 1, 0, 2]),
        "arrow": pd.Series([1.5, None, 3.0, 4.0, 5.0], dtype="float64[pyarrow]"),
        "python": pd.array(texts, dtype=pd.StringDtype("python")),
    }


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(columns())


def test_copies_of_a_frame_are_equal(text: Callable[[Any], str], frame: pd.DataFrame) -> None:
    expected = text(frame)
    assert text(frame.copy()) == expected
    assert text(copy.deepcopy(frame)) == expected
    assert text(pickle.loads(pickle.dumps(frame))) == expected  # noqa: S301  # our own
    assert text(pd.concat([frame.iloc[:2], frame.iloc[2:]]).astype(frame.dtypes)) == expected
    assert text(pd.concat([frame, frame]).iloc[:5]) != text(frame.iloc[:4])


@pytest.mark.parametrize("name", columns())
def test_each_kind_of_column_is_read(
    text: Callable[[Any], str], frame: pd.DataFrame, name: str
) -> None:
    column = frame[name]
    rolled = column.iloc[[4, 0, 1, 2, 3]].set_axis(column.index)
    assert text(rolled) != text(column)
    assert text(column.iloc[2:].reset_index(drop=True)) == text(
        column.iloc[2:].copy(deep=True).reset_index(drop=True)
    )
    index = pd.Index(column)
    assert text(index) == text(pd.Index(column.copy())) != text(pd.Index(rolled))
    assert text(column.array) == text(column.array.copy()) != text(rolled.array)


def test_blocks_do_not_count(text: Callable[[Any], str]) -> None:
    values = np.arange(200_000.0).reshape(20_000, 10)
    whole = pd.DataFrame(values)
    apart = pd.DataFrame({name: values[:, name].copy() for name in range(10)})
    added = pd.DataFrame(values[:, :9].copy())
    added[9] = values[:, 9]
    apart.columns = added.columns = whole.columns
    rows = pd.DataFrame(np.asfortranarray(values))
    assert len({text(each) for each in (whole, apart, added, rows, apart.copy())}) == 1


def test_what_a_program_can_see_of_a_frame_counts(
    text: Callable[[Any], str], frame: pd.DataFrame
) -> None:
    noted = frame.copy()
    noted.attrs["source"] = "x"
    wide = frame.rename(columns={"floats": "F"})
    wide.columns.name = "n"
    others = [
        frame, noted, wide, frame[list(reversed(frame.columns))], frame.iloc[::-1],
        frame.astype({"integers": "int32"}), frame.rename(columns={"floats": "F"}),
        frame.set_index("integers"), frame.rename_axis("i"), frame.iloc[:0], frame.iloc[:, :0],
        frame.set_axis([0.0, 1.0, 2.0, 3.0, 4.0]), frame[["floats", "floats"]], frame["floats"],
    ]  # fmt: skip
    assert len({text(each) for each in others}) == len(others)


def test_unused_levels_do_not_count(text: Callable[[Any], str]) -> None:
    index = pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["x", "y"])
    assert text(index[:2]) == text(index[:2].remove_unused_levels())
    assert text(index) != text(index[::-1])


def test_small_values_of_pandas(text: Callable[[Any], str]) -> None:
    values = [
        pd.Timestamp("2020-01-01"), pd.Timestamp("2020-01-01", tz="UTC"), pd.NaT, pd.NA,
        pd.Timedelta(1), pd.Period("2020"), pd.Interval(0, 1), pd.Interval(0, 1, closed="left"),
        pd.CategoricalDtype(["a"]), pd.CategoricalDtype(["b"]), pd.RangeIndex(3),
        pd.Index([0, 1, 2]),
        pd.DateOffset(days=1), pd.DateOffset(days=2),
    ]  # fmt: skip
    assert len({text(each) for each in values}) == len(values)
    again = [pickle.loads(pickle.dumps(each)) for each in values]  # noqa: S301  # our own
    assert [text(each) for each in again] == [text(each) for each in values]


def test_public_names_are_given(frame: pd.DataFrame) -> None:
    assert digest(frame).type == "pandas.DataFrame"
    assert digest(frame["floats"]).type == "pandas.Series"
    assert digest(pa.table({})).type == "pyarrow.Table"


cells = st.one_of(
    st.lists(st.none() | st.integers(-(2**40), 2**40)),
    st.lists(st.none() | st.floats(width=32)),
    st.lists(st.none() | st.text()),
    st.lists(st.none() | st.binary()),
    st.lists(st.none() | st.booleans()),
    st.lists(st.none() | st.lists(st.integers(0, 9))),
    st.lists(st.none() | st.fixed_dictionaries({"a": st.integers(0, 9)})),
    st.lists(st.none() | st.dates()),
    st.lists(st.none() | st.decimals(0, 9, places=2)),
)


@given(cells, st.data())
def test_chunks_and_slices_do_not_count(values: list[Any], draw: st.DataObject) -> None:
    kind = pa.array(values).type
    padded = pa.array([*values, *values, *values], kind)
    plain = digest(pa.chunked_array([pa.array(values, kind)]))
    cut = draw.draw(st.integers(0, len(values)))
    chunks = [padded.slice(len(values), cut), padded.slice(len(values) + cut, len(values) - cut)]
    assert digest(pa.chunked_array(chunks, kind)) == plain
    assert digest(padded.slice(len(values), len(values))) == digest(pa.array(values, kind))
    changed = digest(pa.chunked_array([pa.array([*values, None], kind)]))
    assert changed.text not in {None, plain.text}


def test_many_chunks_of_a_long_column_do_not_count(text: Callable[[Any], str]) -> None:
    values = [None if place % 7 == 0 else str(place) for place in range(150_000)]
    for kind in (pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())):
        whole = pa.array(values, pa.string()).cast(kind)
        chunks = [whole.slice(start, 9_999) for start in range(0, len(whole), 9_999)]
        assert text(pa.table({"a": pa.chunked_array(chunks)})) == text(pa.table({"a": whole}))


def test_what_a_null_hides_does_not_count(text: Callable[[Any], str]) -> None:
    valid = pa.py_buffer(b"\x05")
    one, two = (
        pa.Array.from_buffers(pa.int32(), 3, [valid, pa.py_buffer(np.array(each, "i4"))])
        for each in ([1, 2, 3], [1, 9, 3])
    )
    assert text(one) == text(two) != text(pa.array([1, 2, 3], pa.int32()))


def test_reading_changes_nothing(frame: pd.DataFrame) -> None:
    before = pickle.dumps(frame)
    digest(frame)
    assert pickle.dumps(frame) == before
