"""Processes that log, drain and compact, killed at any moment: no row is lost, none comes twice."""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from typing import TYPE_CHECKING

from lifecycle_core.adapters.prediction_log import flush
from lifecycle_core.adapters.prediction_log.entries import Kind
from lifecycle_core.adapters.prediction_log.tables import LogTable
from tests.fakes import predictions

if TYPE_CHECKING:
    from pathlib import Path

KILLS = int(os.environ.get("NBRELEASE_KILLS", "3"))
"""`make log-kills` sets 50."""


def test_rows_of_killed_processes_are_there_once(tmp_path: Path) -> None:
    address, wal, acknowledged = (
        tmp_path / "log",
        tmp_path / "wals" / "a",
        tmp_path / "acknowledged",
    )
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([predictions.__name__, "deltalake", "pyarrow.parquet", "pandas"])
    chance = random.Random(0)  # noqa: S311 - moments, not secrets
    for kill in range(KILLS):
        known = acknowledged.stat().st_size if kill else 0
        words = (address, wal, acknowledged, kill * 20_000)
        process = context.Process(target=predictions.log_on, args=words)
        upkeep = context.Process(target=predictions.keep_up, args=(address,))
        process.start()
        upkeep.start()
        until = time.monotonic() + 60
        while not acknowledged.exists() or acknowledged.stat().st_size == known:
            assert time.monotonic() < until
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.7))
        for each in chance.sample([process, upkeep], 2):
            each.kill()
            each.join()
            each.close()
    flush(str(address), wal.parent)
    rows = LogTable(str(address), Kind.PREDICTION).dataset().to_table(columns=["id"])
    found = rows.column("id").to_pylist()
    promised = acknowledged.read_text().split()
    assert set(promised) <= set(found)
    assert len(found) == len(set(found))
    assert len(promised) >= 3 * KILLS
