"""Scores from a real Spark of this machine; `make spark` installs it."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.batch_engines import Spark
from lifecycle_core.adapters.batch_engines.spark import said_of
from lifecycle_core.errors import InvalidCall, MissingExtra, SchedulerUnavailable, TableInvalid
from tests.fakes.scoring import Made, customers, make

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pyspark.sql import SparkSession

PYSPARK = find_spec("pyspark") is not None
real = pytest.mark.skipif(not PYSPARK, reason="`make spark` runs it")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("made"), fast=True)


@pytest.fixture
def session() -> Iterator[SparkSession]:
    """A Spark that runs in this process already, as it does on a platform's."""
    from pyspark.sql import SparkSession

    with Spark(jobs=2)._context():
        yield SparkSession.getActiveSession()


@pytest.mark.skipif(PYSPARK, reason="pyspark is installed")
def test_without_pyspark_the_extra_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingExtra, match="pyspark is not installed"), Spark().open(tmp_path):
        pass


@real
def test_spark_writes_the_same_bytes(made: Made) -> None:
    source = made.table(customers(10_000), "in.parquet")
    made.deliver(source, "alone.parquet")
    made.deliver(source, "together.parquet", engine=Spark(jobs=2))
    alone, together = made.folder / "alone.parquet", made.folder / "together.parquet"
    assert alone.read_bytes() == together.read_bytes()


@real
def test_a_spark_that_runs_already_is_used_and_left_running(
    made: Made, session: SparkSession
) -> None:
    with Spark().open(made.bundle) as engine:
        with pytest.raises(TableInvalid, match="There is no column"):
            engine.submit({}).result()
        session.sparkContext.pythonExec = "no-such-python"
        with pytest.raises(SchedulerUnavailable, match="no-such-python"):
            engine.submit({}).result()
    assert session.range(3).count() == 3
    with (
        pytest.raises(InvalidCall, match=r"Spark runs in this process already, at local\[2\]"),
        Spark("local[1]").open(made.bundle),
    ):
        pass


def test_what_spark_says_is_one_line() -> None:
    trace = (
        "An error occurred while calling z:PythonRDD.collectAndServe.\n"
        ": org.apache.spark.SparkException: Job aborted\n"
        'Traceback (most recent call last):\n  File "worker.py"\n'
        "ModuleNotFoundError: No module named 'lifecycle_core'\n\n\tat org.apache.spark\n"
    )
    assert said_of(trace) == "ModuleNotFoundError: No module named 'lifecycle_core'"
    assert said_of("[JAVA_GATEWAY_EXITED] Java exited\nmore") == "[JAVA_GATEWAY_EXITED] Java exited"
