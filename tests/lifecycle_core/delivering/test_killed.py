"""Scoring runs that are killed at any moment and started again: each row is there once."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import time
from typing import TYPE_CHECKING

import pandas as pd
import pytest
import sqlalchemy as sa

from lifecycle_core.adapters.prediction_log.entries import Kind
from lifecycle_core.adapters.prediction_log.tables import LogTable
from lifecycle_core.schema.release_file import WorkflowSection
from tests.fakes import scoring
from tests.fakes.receiving import receiving

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext
    from pathlib import Path

    from tests.fakes.receiving import Receiver
    from tests.fakes.scoring import Made

KILLS = int(os.environ.get("NBRELEASE_KILLS", "3"))
"""`make score-kills` sets 50."""
ROWS = 40_000
FEWER = KILLS if "NBRELEASE_KILLS" in os.environ else 1
_LONGEST = 60.0


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    key = WorkflowSection(next_step="Call", key=("id",))
    return scoring.make(tmp_path_factory.mktemp("made"), workflow=key, fast=True)


@pytest.fixture(scope="module")
def context() -> ForkServerContext:
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload([scoring.__name__, "duckdb", "pyarrow.parquet", "onnxruntime"])
    return found


def kill_until_done(
    made: Made,
    context: ForkServerContext,
    source: Path,
    target: str,
    kills: int,
    *,
    log: bool = False,
) -> None:
    """Start the run, kill it at a random moment, again and again; let the last start end.

    A start that ended before it was killed is a run of its own: the next one does it once more.
    """
    chance = random.Random(kills)  # noqa: S311 - moments, not secrets
    for kill in range(kills + 1):
        marks = made.folder / f"{kill}.mark"
        for mark in (marks.with_suffix(".begun"), marks.with_suffix(".ended")):
            mark.unlink(missing_ok=True)
        process = context.Process(
            target=scoring.deliver_on,
            args=(made, str(source), target, marks),
            kwargs={"log": log},
        )
        process.start()
        until = time.monotonic() + _LONGEST
        while not marks.with_suffix(".begun").exists():
            assert time.monotonic() < until
            time.sleep(0.002)
        if kill < kills:
            time.sleep(chance.uniform(0, 0.6))
            process.kill()
        process.join(_LONGEST)
        assert process.exitcode is not None
        process.close()
    assert marks.with_suffix(".ended").exists()


def table(made: Made) -> Path:
    frame = scoring.customers(ROWS).assign(id=[f"c{index:06}" for index in range(ROWS)])
    return made.table(frame, "in.parquet")


def test_a_file_is_the_same_to_the_byte(made: Made, context: ForkServerContext) -> None:
    source = table(made)
    made.deliver(source, "wanted.parquet")
    target = made.folder / "killed.parquet"
    kill_until_done(made, context, source, str(target), KILLS)
    assert target.read_bytes() == (made.folder / "wanted.parquet").read_bytes()
    left = [path for path in (made.folder / "runs").rglob("*") if path.is_file()]
    assert left == []
    assert list(made.folder.glob(".killed.parquet.*")) == []
    assert list(made.folder.glob(".rejects.parquet.*")) == []


def test_the_log_has_each_row_once(made: Made, context: ForkServerContext) -> None:
    target = made.folder / "logged.parquet"
    kill_until_done(made, context, table(made), str(target), FEWER + 1, log=True)
    given = pd.read_parquet(target)
    rows = LogTable(str(made.folder / "log"), Kind.PREDICTION).dataset().to_table()
    kept = rows.sort_by("sequence").to_pandas()
    assert kept["id"].tolist() == given["prediction"].tolist()
    assert kept["key"].tolist() == given["id"].tolist()
    assert kept["score"].tolist() == given["score"].tolist()
    assert [path for path in (made.folder / "runs").rglob("*") if path.is_file()] == []


def test_a_table_of_a_database_has_each_key_once(made: Made, context: ForkServerContext) -> None:
    url = f"sqlite:///{made.folder / 'killed.db'}"
    kill_until_done(made, context, table(made), f"{url}::scores", FEWER)
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(
            sa.text("SELECT count(*), count(DISTINCT id), count(score) FROM scores")
        ).one()
    engine.dispose()
    assert tuple(found) == (ROWS, ROWS, ROWS)


def test_a_receiver_gets_each_row_under_one_key(made: Made, context: ForkServerContext) -> None:
    with receiving() as receiver:
        kill_until_done(made, context, table(made), receiver.url, FEWER)
        assert sorted(taken_by(receiver)) == list(range(ROWS))


def taken_by(receiver: Receiver) -> list[int]:
    """Return the rows as a receiver has them that keeps the first of requests with one key."""
    kept: dict[str, list[dict[str, int]]] = {}
    for request in receiver.requests:
        rows = json.loads(request.body)["rows"]
        assert kept.setdefault(request.headers["idempotency-key"], rows) == rows
    return [row["row"] for rows in kept.values() for row in rows]


def test_delta_has_each_row_once(made: Made, context: ForkServerContext) -> None:
    if "NBRELEASE_KILLS" not in os.environ:
        pytest.skip("`make score-kills` runs it")
    from deltalake import DeltaTable

    target = made.folder / "killed_delta"
    kill_until_done(made, context, table(made), f"delta:{target}", KILLS)
    found = DeltaTable(target).to_pyarrow_table().to_pandas()
    assert sorted(found["row"]) == list(range(ROWS))
    assert isinstance(found, pd.DataFrame)
