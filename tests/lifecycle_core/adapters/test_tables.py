from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecycle_core.adapters.tables import DuckTables
from lifecycle_core.adapters.tables.source import NO_VALUES
from lifecycle_core.errors import TableInvalid
from lifecycle_core.schema.contract import Contract, Feature

TABLES = DuckTables(batch_rows=4096)


def csv(folder: Path, text: str, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def parquet(folder: Path, **columns: Any) -> Path:  # noqa: ANN401 - whatever pandas takes
    path = folder / "t.parquet"
    pd.DataFrame(columns).to_parquet(path, index=False)
    return path


def contract(*features: Feature) -> Contract:
    return Contract(name="churn", features=features)


def feature(name: str, kind: str, **rules: Any) -> Feature:  # noqa: ANN401 - fields of Feature
    return Feature.model_validate({"name": name, "type": kind, "required": False, **rules})


def types(path: Path) -> dict[str, str]:
    return {column.name: column.type for column in TABLES.profile(path).columns}


def test_csv_columns_get_their_narrowest_type(tmp_path: Path) -> None:
    text = "i,n,b,s,d,t,zeros,none\n1,1.0,True,x,2026-01-02,2026-01-02 03:04:05,0,\n"
    text += "-2,1e3,false,y,2026-01-03,2026-01-03 00:00:00,1,NA\n"
    assert types(csv(tmp_path, text)) == {
        "i": "integer", "n": "number", "b": "boolean", "s": "string", "d": "date",
        "t": "timestamp", "zeros": "integer", "none": "string",
    }  # fmt: skip


def test_parquet_columns_keep_their_type(tmp_path: Path) -> None:
    path = parquet(
        tmp_path,
        i=[1, 2],
        n=[1.0, 2.0],
        b=[True, False],
        s=["1", "2"],
        c=pd.Categorical(["x", "y"]),
        t=pd.to_datetime(["2026-01-01", "2026-01-02"]),
    )
    assert types(path) == {
        "i": "integer", "n": "number", "b": "boolean", "s": "string", "c": "string",
        "t": "timestamp",
    }  # fmt: skip
    profile = TABLES.profile(path)
    assert profile.newest == {"t": "2026-01-02T00:00:00"}
    assert [column.storage for column in profile.columns] == ["", "", "", "", "category", ""]


def test_nan_counts_as_no_value(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"  # not by pandas, which writes NaN as null
    pa.parquet.write_table(pa.table({"n": pa.array([1.0, float("nan"), 3.0])}), path)
    (column,) = TABLES.profile(path).columns
    assert (column.nulls, column.distinct, column.minimum, column.maximum) == (1, 2, 1, 3)
    measured = TABLES.measure(path, contract(feature("n", "number", required=True, maximum=2)))
    assert (measured.measures["n"].nulls, measured.measures["n"].outside) == (1, 1)
    text = csv(tmp_path, "n\n1\nNaN\n3\n")
    assert TABLES.profile(text).columns[0].nulls == 1


def test_infinity_is_out_of_every_range(tmp_path: Path) -> None:
    path = parquet(tmp_path, n=[1.0, np.inf])
    assert TABLES.measure(path, contract(feature("n", "number"))).measures["n"].outside == 1
    assert TABLES.profile(path).columns[0].maximum == 1


@settings(deadline=None, max_examples=30)  # each opens DuckDB
@given(
    st.lists(st.one_of(st.none(), st.integers(-1000, 1000), st.floats(allow_nan=True)), min_size=1)
)
def test_profile_counts_what_pandas_counts(values: list[float | None]) -> None:
    import tempfile

    frame = pd.DataFrame({"n": pd.Series(values, dtype="float64")})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.parquet"
        frame.to_parquet(path, index=False)
        (column,) = TABLES.profile(path).columns
    finite = frame["n"][np.isfinite(frame["n"])]
    assert column.nulls == int(frame["n"].isna().sum())
    assert column.minimum == (None if finite.empty else finite.min())
    assert column.maximum == (None if finite.empty else finite.max())


def test_many_texts_are_no_categories(tmp_path: Path) -> None:
    rows = "\n".join(f"{i % 51},{i % 50}" for i in range(102))
    path = csv(tmp_path, "a,b\n" + rows.replace("\n", "x\n").replace(",", "x,") + "x\n")
    first, second = TABLES.profile(path).columns
    assert first.categories == ()
    assert len(second.categories) == 50


def test_types_come_from_the_contract_and_not_from_the_rows(tmp_path: Path) -> None:
    # 9,000 rows look like integers; the last ones show that the column is text.
    rows = ["01234"] * 9000 + ["A1"]
    path = csv(tmp_path, "zip\n" + "\n".join(rows) + "\n")
    agreed = contract(feature("zip", "string"))
    with TABLES.stream(path, agreed) as batches:
        got = [batch.frame["zip"] for batch in batches]
    assert len(got) > 1
    assert {series.dtype for series in got} == {np.dtype(object)}
    assert pd.concat(got).tolist() == rows


def test_batches_come_in_order_with_positions(tmp_path: Path) -> None:
    path = parquet(tmp_path, n=np.arange(10_000), key=np.arange(10_000)[::-1])
    with TABLES.stream(path, contract(feature("n", "integer")), keep=("key",)) as batches:
        parts = list(batches)
    assert [part.start for part in parts] == list(np.cumsum([0, *(p.rows for p in parts[:-1])]))
    assert max(part.rows for part in parts) <= 4096
    assert np.concatenate([part.frame["n"] for part in parts]).tolist() == list(range(10_000))
    assert np.concatenate([part.kept["key"] for part in parts])[0] == 9_999


def test_a_row_that_breaks_a_rule_is_named_and_left_out(tmp_path: Path) -> None:
    path = csv(tmp_path, "n,plan\n1,basic\n,basic\n1,gold\n9,basic\n2,\n")
    agreed = contract(
        feature("n", "integer", required=True, maximum=5),
        feature("plan", "string", categories=("basic", "plus")),
    )
    with TABLES.stream(path, agreed) as batches:
        (batch,) = batches
    assert batch.reasons.to_pylist() == [
        None, "n has no value", "plan is none of its categories", "n is out of its range", None,
    ]  # fmt: skip
    assert batch.scorable.tolist() == [True, False, False, False, True]
    assert batch.frame["n"].dtype == np.int64
    assert batch.frame["n"].tolist() == [1, 2]
    assert batch.frame["plan"].isna().tolist() == [False, True]
    assert not batch.mistyped


def test_a_categorical_is_a_categorical_again(tmp_path: Path) -> None:
    path = csv(tmp_path, "plan\nbasic\nplus\n")
    agreed = contract(
        feature("plan", "string", categories=("basic", "plus", "gold"), storage="category")
    )
    with TABLES.stream(path, agreed) as batches:
        (batch,) = batches
    assert batch.frame["plan"].cat.categories.tolist() == ["basic", "plus", "gold"]


def test_dates_and_moments_reach_the_model_as_such(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    at = pd.to_datetime(["2026-01-02 03:04:05+02:00"])
    frame = pd.DataFrame({"at": at, "flag": [True]}).assign(day=at.date)
    frame.to_parquet(path, index=False)
    kinds = {"at": "timestamp", "flag": "boolean", "day": "date"}
    assert types(path) == kinds
    with TABLES.stream(path, contract(*(feature(*pair) for pair in kinds.items()))) as batches:
        (batch,) = batches
    assert [found.kind for found in batch.frame.dtypes] == ["M", "b", "M"]
    assert batch.frame["at"][0] == pd.Timestamp("2026-01-02 01:04:05")


MISTYPED = {
    "text for a number": ("number", "x", "x"),
    "a fraction for an integer": ("integer", "1.5", "1.5"),
    "hexadecimal": ("integer", "0x10", "0x10"),
    "text for a boolean": ("boolean", "maybe", "maybe"),
    "no such day": ("date", "2026-02-30", "2026-02-30"),
    "no moment": ("timestamp", "noon", "noon"),
}


@pytest.mark.parametrize("name", MISTYPED)
def test_a_value_of_another_type_is_counted_and_shown(name: str, tmp_path: Path) -> None:
    kind, value, shown = MISTYPED[name]
    path = csv(tmp_path, f"c,d\n{value},1\n,1\n")
    agreed = contract(feature("c", kind))
    measure = TABLES.measure(path, agreed).measures["c"]
    assert (measure.mistyped, measure.nulls, measure.examples["type"]) == (1, 1, (shown,))
    with TABLES.stream(path, agreed) as batches:
        assert any(batch.mistyped for batch in batches)


def test_an_integer_may_be_written_as_a_float_by_pandas(tmp_path: Path) -> None:
    agreed = contract(feature("n", "integer"))
    for path in (csv(tmp_path, "n,m\n12.0,\n,1\n"), parquet(tmp_path, n=[12.0, None])):
        assert TABLES.measure(path, agreed).measures["n"].mistyped == 0


def test_the_type_of_a_parquet_column_counts(tmp_path: Path) -> None:
    path = parquet(tmp_path, n=["1", "2", None])
    measure = TABLES.measure(path, contract(feature("n", "integer"))).measures["n"]
    assert (measure.physical, measure.readable, measure.mistyped) == ("VARCHAR", False, 2)


def test_a_column_of_lists_is_refused(tmp_path: Path) -> None:
    path = parquet(tmp_path, n=[[1], [2]])
    with pytest.raises(TableInvalid, match=r"Column 'n' .* must hold numbers, texts"):
        TABLES.profile(path)
    measure = TABLES.measure(path, contract(feature("n", "number"))).measures["n"]
    assert (measure.readable, measure.mistyped) == (False, 2)


def test_a_category_that_looks_like_no_value_stays_a_value(tmp_path: Path) -> None:
    path = csv(tmp_path, "plan,n\nNone,1\nNA,2\n")
    agreed = contract(feature("plan", "string", required=True, categories=("None", "basic")))
    assert TABLES.measure(path, agreed).measures["plan"].nulls == 1


@pytest.mark.parametrize("category", ["", "None", "NA"])
def test_a_category_that_looks_like_no_value_is_none_in_other_columns(
    tmp_path: Path, category: str
) -> None:
    path = csv(
        tmp_path, f'key,plan,n,other\n{category},"{category}",{category},{category}\na,b,1,c\n'
    )
    agreed = contract(
        feature("plan", "string", required=True, categories=(category, "b")),
        feature("n", "number"),
        feature("other", "string"),
    )
    with TABLES.stream(path, agreed, keep=("key",)) as batches:
        (batch,) = batches
    assert not batch.mistyped
    assert batch.scorable.all()
    assert {name: values.to_pylist() for name, values in batch.columns.items()} == {
        "plan": [category, "b"], "n": [None, 1.0], "other": [None, "c"],
    }  # fmt: skip
    assert batch.kept["key"].to_pylist() == [None, "a"]
    measures = TABLES.measure(path, agreed).measures
    assert {name: each.nulls for name, each in measures.items()} == {"plan": 0, "n": 1, "other": 1}
    assert TABLES.missing(path, ["key", "plan"], agreed) == {"key": 1, "plan": 0}


def test_each_text_that_looks_like_no_value_may_be_a_category(tmp_path: Path) -> None:
    path = csv(tmp_path, "plan,n\n" + "".join(f'"{text}",{text}\n' for text in NO_VALUES))
    agreed = contract(feature("plan", "string", categories=NO_VALUES), feature("n", "number"))
    with TABLES.stream(path, agreed) as batches:
        (batch,) = batches
    assert not batch.mistyped
    assert batch.columns["plan"].to_pylist() == list(NO_VALUES)
    assert batch.columns["n"].null_count == len(NO_VALUES)


MOMENTS = ["2026-01-31T12:00:00+02:00", "2026-01-31T09:30:00Z", "2026-01-31 09:45:00", "soon"]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_the_newest_moment_is_that_of_utc(tmp_path: Path, kind: str) -> None:
    text = csv(tmp_path, "at\n" + "\n".join(MOMENTS) + "\n")
    path = text if kind == "csv" else parquet(tmp_path, at=MOMENTS)
    fresh = Contract(name="churn", features=(), freshness_column="at", freshness_hours=1)
    assert TABLES.measure(path, fresh).newest == "2026-01-31T10:00:00"


def test_a_text_that_is_read_as_a_moment_keeps_its_offset(tmp_path: Path) -> None:
    path = csv(tmp_path, "at\n" + "\n".join(MOMENTS[:3]) + "\n")
    with TABLES.stream(path, contract(feature("at", "timestamp"))) as batches:
        (batch,) = batches
    hours = [each.isoformat() for each in batch.columns["at"].to_pylist()]
    assert hours == ["2026-01-31T10:00:00", "2026-01-31T09:30:00", "2026-01-31T09:45:00"]
