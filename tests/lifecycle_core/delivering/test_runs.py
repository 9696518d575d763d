from __future__ import annotations

import json
import os
import socket
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from distributed import LocalCluster

from lifecycle_core.adapters.batch_engines import Cluster, Processes, Threads, engine_of
from lifecycle_core.adapters.score_journal import open_journal
from lifecycle_core.adapters.score_runs import ScoreRuns
from lifecycle_core.adapters.worker import WorkerDied
from lifecycle_core.errors import InvalidCall, NoAnswer, SchedulerUnavailable, TableInvalid
from lifecycle_core.schema.release_file import WorkflowSection
from tests.fakes.scoring import Made, customers, logged, make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.adapters.batch_engines import BatchEngine, OpenEngine

DECLARED = WorkflowSection(
    next_step="Call the customer", when_missing="Ask sales", deadline_seconds=3600, key=("id",)
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("made"), workflow=DECLARED, fast=True)


def keyed(rows: int = 5000) -> pd.DataFrame:
    frame = customers(rows).astype({"tenure": "float"})
    frame["id"] = [f"c{index}" for index in frame.index]
    frame.loc[3, "tenure"] = np.nan
    frame.loc[4, "plan"] = "gold"
    return frame


def test_the_next_step_and_until_when_travel_with_each_row(made: Made) -> None:
    summary = made.deliver(made.table(keyed()))
    out = pd.read_parquet(made.folder / "out.parquet")
    assert out["id"].tolist() == keyed()["id"].tolist()  # the business key, without being asked
    acted = out["decision"].fillna(value=False).astype(bool)
    assert set(out.loc[acted, "next_step"]) == {"Call the customer"}
    assert out.loc[out["score"].isna(), "next_step"].tolist() == ["Ask sales"] * 2
    idle = ~acted & out["score"].notna()
    assert idle.any()
    assert out.loc[idle, ["next_step", "due"]].isna().all(axis=None)
    assert set(out["due"].dropna()) == {pd.Timestamp("2026-11-28T10:00Z")}
    assert set(out["run"]) == {"r1"} == {summary.run}


def test_rows_without_a_score_are_in_a_table_of_their_own_with_the_reason(made: Made) -> None:
    summary = made.deliver(made.table(keyed()))
    rejects = pd.read_parquet(made.folder / "rejects.parquet")
    assert rejects["id"].tolist() == ["c3", "c4"]
    assert rejects["row"].tolist() == [3, 4]
    assert rejects["plan"].tolist() == ["basic", "gold"]
    assert rejects["unscored"].tolist() == [
        "tenure has no value",
        "plan is none of its categories",
    ]
    assert set(rejects["next_step"]) == {"Ask sales"}
    assert summary.rejects == str(made.folder / "rejects.parquet")
    assert summary.unscored == 2
    made.deliver(made.table(keyed().iloc[:3]))
    assert len(pd.read_parquet(made.folder / "rejects.parquet")) == 0


def test_the_fast_path_scores_as_the_model_does(made: Made) -> None:
    made.deliver(made.table(keyed()))
    out = pd.read_parquet(made.folder / "out.parquet").dropna(subset="score")
    good = keyed().drop(index=[3, 4]).drop(columns="id")
    want = made.model.predict_proba(good)[:, 1]  # type: ignore[attr-defined]  # sklearn has no types
    np.testing.assert_allclose(out["score"], want, rtol=1e-6)


@pytest.mark.parametrize("engine", [Processes(2), Cluster(jobs=2)])
def test_every_engine_writes_the_same_bytes(made: Made, engine: BatchEngine) -> None:
    source = made.table(keyed(10_000), "in.parquet")
    made.deliver(source, "alone.parquet")
    with socket.socket() as other:
        with suppress(OSError):
            other.bind(("127.0.0.1", 8787))  # Dask's own, which another cluster may have
            other.listen()
        made.deliver(source, "together.parquet", engine=engine)
    alone, together = made.folder / "alone.parquet", made.folder / "together.parquet"
    assert alone.read_bytes() == together.read_bytes()


def test_the_same_call_is_the_same_run_until_the_table_changes(made: Made) -> None:
    source = made.table(keyed(10))
    before = set(made.folder.glob("runs/*"))
    first = made.deliver(source, run=None).run
    assert made.deliver(source, run=None).run == first
    made.table(keyed(11))
    assert made.deliver(source, run=None).run != first
    assert set(made.folder.glob("runs/*")) == before  # nothing is kept of runs that ended


def test_a_run_goes_on_with_the_scores_of_one_that_was_stopped(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = made.table(keyed(9000))
    wanted = made.deliver(source)
    content = (made.folder / "out.parquet").read_bytes()

    replace = Path.replace

    def stop(path: Path, target: Path) -> Path:
        if target.name == "other.parquet":
            raise KeyboardInterrupt
        return replace(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", stop)
        with pytest.raises(KeyboardInterrupt):
            made.deliver(source, "other.parquet")
    assert not (made.folder / "other.parquet").exists()
    resumed = made.deliver(source, "other.parquet")
    assert resumed.resumed == resumed.rows == wanted.rows
    assert (made.folder / "other.parquet").read_bytes() == content


def test_scores_of_other_rows_are_not_gone_on_with(made: Made) -> None:
    bad = keyed(9000).astype({"tenure": object})
    bad.loc[8999, "tenure"] = "long"
    with pytest.raises(TableInvalid):
        made.deliver(made.table(bad))
    summary = made.deliver(made.table(keyed(9000)))
    assert summary.resumed == 0


def test_two_processes_do_not_do_the_same(made: Made) -> None:
    runs = ScoreRuns(made.folder / "runs")
    with (
        runs.open("a"),
        runs.open("b"),
        pytest.raises(InvalidCall, match="Another process"),
        runs.open("a"),
    ):
        pass


class Appending:
    """Scores, and lets somebody append a row to the table meanwhile."""

    def __init__(self, table: Path) -> None:
        self._table = table

    @contextmanager
    def open(self, bundle: Path) -> Iterator[OpenEngine]:
        with self._table.open("a") as file:
            file.write("1,2.5,basic,new\n")
        with Threads().open(bundle) as opened:
            yield opened


def test_a_table_that_grows_while_it_is_scored_gives_nothing(made: Made) -> None:
    source, target = made.table(keyed(5), "grows.csv"), made.folder / "grown.parquet"
    engine = Appending(source)
    log = logged(made.folder / "grown_log")
    with pytest.raises(TableInvalid, match=r"grows\.csv was written to while it was scored"):
        made.deliver(source, target, engine=engine, log=log)
    assert not target.exists()
    assert not (made.folder / "grown_log").exists()
    made.deliver(source, target)
    assert len(pd.read_parquet(target)) == 6


def test_a_dask_cluster_that_goes_away_ends_the_run(made: Made) -> None:
    table = pa.Table.from_pandas(customers(3), preserve_index=False)
    columns = {name: table.column(name).combine_chunks() for name in table.column_names}
    with LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, protocol="tcp",
        dashboard_address="127.0.0.1:0",
    ) as cluster:  # fmt: skip
        engine = Cluster(cluster.scheduler_address, timeout="1s")
        with engine.open(made.bundle) as opened:
            assert len(opened.submit(columns).result(60)) == 3
            cluster.close()
            with pytest.raises(NoAnswer, match="Dask gives no scores any more") as told:
                opened.submit(columns).result(60)
    assert "it goes on where it stopped" in told.value.hint


def test_two_processes_do_not_replace_the_same_output(made: Made) -> None:
    target = made.folder / "taken.parquet"
    runs = ScoreRuns(made.folder / "runs")
    with runs.alone_at(json.dumps(["file", str(target.resolve()), ""])):
        for frame in (keyed(5), keyed(6)):
            with pytest.raises(InvalidCall, match="writes scores to this place at this moment"):
                made.deliver(made.table(frame), target)
        made.deliver(made.table(keyed(5)), "another.parquet")
    assert not target.exists()
    made.deliver(made.table(keyed(5)), target)
    assert target.exists()


def test_a_run_that_nobody_goes_on_with_is_forgotten(tmp_path: Path) -> None:
    runs = ScoreRuns(tmp_path)
    with runs.open("old") as run:
        run.begin("rows", run="1", now=datetime(2026, 1, 1, tzinfo=UTC))
    os.utime(run.folder, (0, 0))
    with runs.open("new"):
        assert not run.folder.exists()


@pytest.mark.parametrize("damage", ["cut", "changed", "other rows"])
def test_a_damaged_entry_of_the_journal_is_computed_again(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "journal"
    with open_journal(path) as journal:
        for start in (0, 3):
            assert journal.take(start, 3) is None
            journal.put(start, np.arange(3.0) + start)
    content = bytearray(path.read_bytes())
    if damage == "changed":
        content[-1] ^= 1
    path.write_bytes(content[:-1] if damage == "cut" else content)
    with open_journal(path) as journal:
        first = journal.take(0, 3)
        assert first is not None
        assert first.tolist() == [0, 1, 2]
        assert journal.take(3, 2 if damage == "other rows" else 3) is None
        journal.put(3, np.array([9.0, 8.0]))
    with open_journal(path) as journal:
        assert journal.take(0, 3) is not None
        last = journal.take(3, 2)
        assert last is not None
        assert last.tolist() == [9, 8]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"engine": "local", "jobs": 0}, "--jobs is 0, it must be 1 or more"),
        ({"engine": "flink"}, "There is no engine 'flink'"),
        (
            {"engine": "local", "scheduler": "tcp://host:1"},
            "--scheduler is of --engine dask or spark",
        ),
    ],
)
def test_engines_that_are_none_are_refused(words: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidCall, match=said):
        engine_of(**{"jobs": None, "scheduler": None, **words})


def test_a_scheduler_that_is_away_is_told(made: Made) -> None:
    with pytest.raises(SchedulerUnavailable, match=r"tcp://127\.0\.0\.1:1 does not answer"):
        made.deliver(made.table(keyed(5)), engine=Cluster("tcp://127.0.0.1:1", timeout="0.2s"))
    with pytest.raises(SchedulerUnavailable, match="missing port number"):
        made.deliver(made.table(keyed(5)), engine=Cluster("nonsense"))


def test_a_process_that_is_killed_is_told_and_the_run_goes_on(made: Made) -> None:
    with Processes(1).open(made.bundle) as engine:
        kill = engine.asking.submit(engine.workers[0].run, os._exit, 1)
        with pytest.raises(WorkerDied):
            kill.result()
        scores = engine.submit({})
        with pytest.raises(NoAnswer, match="A process that scores was killed"):
            scores.result()


@pytest.mark.parametrize("address", ["sqlite:///x.db::rows", "delta:rows", "rows.csv"])
def test_the_table_to_be_scored_is_not_written_to(made: Made, address: str) -> None:
    place = address if "://" in address else str(made.folder / address)
    with pytest.raises(InvalidCall, match="is the table to be scored"):
        made.deliver(place, place)
