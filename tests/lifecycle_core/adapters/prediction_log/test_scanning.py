"""Scans by DuckDB: they read what is asked for, and do not stand still for ever."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from lifecycle_core.adapters.prediction_log.scanning import Scan, ScannedFiles

if TYPE_CHECKING:
    from pathlib import Path

# A pipe is opened when somebody writes to it: here another thread, which needs the interpreter.
_OPENED_BY_ANOTHER_THREAD = """
import sys, threading, time
import pyarrow as pa
from pyarrow.dataset import FileSystemDataset, ParquetFileFormat
from pyarrow.fs import LocalFileSystem
from lifecycle_core.adapters.prediction_log.scanning import Scan, ScannedFiles

def write():
    time.sleep(0.3)
    open(sys.argv[1], "wb").close()

form, files = ParquetFileFormat(), LocalFileSystem()
pipe = form.make_fragment(sys.argv[1], filesystem=files)
dataset = FileSystemDataset([pipe], pa.schema([("number", pa.int64())]), form, files)
threading.Thread(target=write).start()
try:
    ScannedFiles(dataset).scanner(columns=["number"]).to_reader().read_all()
except OSError as error:
    print(error)
"""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a named pipe")
def test_a_scan_that_starts_keeps_no_other_thread_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    ran = subprocess.run(
        [sys.executable, "-c", _OPENED_BY_ANOTHER_THREAD, str(tmp_path / "pipe")],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert "lseek failed" in ran.stdout  # it was opened, and is no Parquet file


def test_only_columns_and_rows_that_are_asked_for_are_scanned(tmp_path: Path) -> None:
    for day in range(8):
        rows = pa.table({"number": [day, 10 * day], "day": [day, day], "text": ["a", "b"]})
        write_deltalake(str(tmp_path), rows, mode="append", partition_by=["day"])
    seen: list[dict[str, object]] = []

    class Watched(ScannedFiles):
        def scanner(self, **wanted: object) -> Scan:
            seen.append(wanted)
            return super().scanner(**wanted)

    engine = duckdb.connect()
    engine.register("rows", Watched(DeltaTable(str(tmp_path)).to_pyarrow_dataset()))
    assert engine.execute("SELECT sum(number) FROM rows WHERE day = 3").fetchone() == (33,)
    assert [each["columns"] for each in seen] == [["number"]]
    assert "day == 3" in str(seen[0]["filter"])
