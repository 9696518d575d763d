from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from lifecycle_core.adapters.tables import DuckTables
from lifecycle_core.adapters.tables.source import open_source
from lifecycle_core.errors import InvalidCall, TableInvalid
from lifecycle_core.schema.contract import Contract, Feature

if TYPE_CHECKING:
    from pathlib import Path

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


def feature(name: str, kind: str) -> Feature:
    return Feature.model_validate({"name": name, "type": kind, "required": False})


EVIL = [
    "a'); COPY (SELECT 1) TO '/tmp/x'; --", 'a" , read_text(\'/etc/passwd\') AS "b', "a;b", "ä\n",
    "A", "a", "*", "[1]", "c0", "source", "",
]  # fmt: skip


def test_names_of_columns_and_files_are_only_names(tmp_path: Path) -> None:
    frame = pd.DataFrame([range(len(EVIL))], columns=EVIL)
    agreed = contract(*(feature(name, "integer") for name in EVIL))
    for suffix in ("csv", "parquet"):
        path = tmp_path / f"[1]*';DROP TABLE x;--.{suffix}"
        getattr(frame, f"to_{suffix}")(path, index=False)
        (tmp_path / f"1';DROP TABLE x;--.{suffix}").write_text("decoy")
        assert [column.name for column in TABLES.profile(path).columns] == EVIL
        with TABLES.stream(path, agreed, keep=EVIL) as batches:
            (batch,) = batches
        assert batch.frame.iloc[0].tolist() == list(range(len(EVIL)))
        assert TABLES.measure(path, agreed).columns == tuple(EVIL)


def test_nothing_but_the_one_file_can_be_read(tmp_path: Path) -> None:
    import duckdb

    secret = csv(tmp_path, "secret\n1\n", "secret.csv")
    with open_source(csv(tmp_path, "a,b\n1,2\n")) as source:
        for query in (
            f"FROM read_csv('{secret}')",
            "SELECT * FROM read_text('/etc/hostname')",
            "COPY (SELECT 1) TO '/tmp/nbrelease-must-not-exist.csv'",
            "INSTALL httpfs",
            "SET enable_external_access = true",
        ):
            with pytest.raises(duckdb.Error):
                cast("Any", source.relation.query("source", query)).fetchall()


def test_a_spreadsheet_s_csv_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes('﻿name;n\r\n"a;""b""\nc";1\r\n'.encode())
    agreed = contract(feature("name", "string"), feature("n", "integer"))
    with TABLES.stream(path, agreed) as batches:
        (batch,) = batches
    assert batch.frame["name"].tolist() == ['a;"b"\nc']


BAD = {
    "no file": (None, "There is no file"),
    "empty": (b"", "is empty, it must begin with a line of column names"),
    "blank": (b"\n\n", "is empty"),
    "not UTF-8": (b"a,b\n" + b"\xff\xfe" * 10, "is not UTF-8 text: byte 4 is 0xff"),
    "ends of lines of old": (b"a,b\r1,2\r", "its first line is none of CSV"),
    "twice": (b"a,a\n1,2\n", "has more than one column named 'a'"),
    "a short row": (b"a,b\n1,2\n3\n", "cannot be read: .*Line: 3"),
    "a long row": (b"a,b\n1,2,3\n", "cannot be read: .*Line: 2"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_no_table_is_refused(name: str, tmp_path: Path) -> None:
    content, said = BAD[name]
    path = tmp_path / "t.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TableInvalid, match=said) as refused:
        TABLES.profile(path)
    assert refused.value.hint


def test_a_broken_parquet_file_is_refused(tmp_path: Path) -> None:
    path = parquet(tmp_path, n=np.arange(1000))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(TableInvalid, match="is no parquet file"):
        TABLES.profile(path)
    (tmp_path / "t.xlsx").write_bytes(b"PK")
    with pytest.raises(TableInvalid, match=r"'\.xlsx', it must be one of \.csv, \.parquet"):
        TABLES.profile(tmp_path / "t.xlsx")


@pytest.mark.parametrize("value", [[1, 2], {"a": 1}, b"\xff"])
def test_csv_that_cannot_hold_a_column_is_refused(value: object, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with (
        pytest.raises(InvalidCall, match="A csv file cannot hold these columns"),
        TABLES.writer(path) as writer,
    ):
        writer.write({"kept": pa.array([value])})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_what_is_written_in_parts_is_one_table(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"out.{suffix}"
    with TABLES.writer(path) as writer:
        writer.write({"n": np.arange(2), "t": pa.array(["x", None])})
        assert not path.exists()
        writer.write({"n": np.arange(2, 3), "t": pa.array(["y"])})
    frame = pd.read_csv(path) if suffix == "csv" else pd.read_parquet(path)
    assert frame["n"].tolist() == [0, 1, 2]
    assert frame["t"].isna().tolist() == [False, True, False]
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


def test_a_writer_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(pa.ArrowInvalid), TABLES.writer(tmp_path / "out.parquet") as writer:
        writer.write({"n": np.arange(2), "m": np.arange(3)})
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(InvalidCall, match="has the suffix"), TABLES.writer(tmp_path / "out.xlsx"):
        pass


def test_lacking_removes_one_value_a_row(tmp_path: Path) -> None:
    path = parquet(tmp_path, n=[1], plan=pd.Categorical(["basic"]), flag=[True])
    with TABLES.lacking(path, ["n", "plan", "flag"]) as made:
        frame = pd.read_parquet(made)
    assert frame.isna().to_numpy().tolist() == np.eye(3, dtype=bool).tolist()
