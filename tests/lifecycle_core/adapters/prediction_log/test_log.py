from __future__ import annotations

import errno
import os
import queue
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.prediction_log import flush, open_prediction_log, read
from lifecycle_core.errors import (
    InvalidCall,
    LogFull,
    LogUnavailable,
    MissingExtra,
    TargetUnwritable,
)
from lifecycle_core.schema.prediction import LogPolicy
from tests.fakes.predictions import outcome, prediction

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_rows_reach_the_tables_in_the_background(tmp_path: Path) -> None:
    with open_prediction_log(tmp_path / "log", wal=tmp_path / "wal", drain_seconds=0.01) as log:
        log.append([prediction(1), prediction(2).to_json().encode()]).result(timeout=60)
        log.append_outcomes([outcome(1, 2)]).result(timeout=60)
        wait_for(lambda: log.lag().rows == 0)
        found = read(tmp_path / "log")
        assert found.column("id").to_pylist() == ["p-000001", "p-000002"]
        assert found.column("action").to_pylist() == [None, "accepted"]
    assert sorted(path.name for path in (tmp_path / "wal").iterdir()) == ["lock", "sequence"]


def test_who_keeps_rows_is_called_when_they_are_safe_or_refused(tmp_path: Path) -> None:
    broken: list[int] = []
    heard: queue.SimpleQueue[Exception | None] = queue.SimpleQueue()

    def sync(handle: int) -> None:
        if broken:
            raise OSError(errno.EIO, "the disk fails")
        os.fdatasync(handle)

    with open_prediction_log(tmp_path / "log", wal=tmp_path / "wal", sync=sync) as log:
        log.keep([prediction(1).to_json().encode()], heard.put)
        assert heard.get(timeout=60) is None
        broken.append(1)
        log.keep([prediction(2).to_json().encode()], heard.put)
        assert isinstance(heard.get(timeout=60), TargetUnwritable)
        broken.clear()
        log.keep([prediction(3).to_json().encode()], heard.put)
        assert heard.get(timeout=60) is None
    assert read(tmp_path / "log").column("id").to_pylist() == ["p-000001", "p-000003"]
    assert heard.empty()


def test_a_call_with_one_wrong_row_keeps_none(tmp_path: Path) -> None:
    log = open_prediction_log(tmp_path / "log", wal=tmp_path / "wal")
    with pytest.raises(InvalidCall, match="has no `prediction`"):
        log.append_outcomes([outcome(1, 1), b'{"id": "o-2"}'])
    assert log.lag().rows == 0
    log.close()


def test_a_store_that_is_away_keeps_the_rows_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("in the way")
    log = open_prediction_log(tmp_path / "log", wal=tmp_path / "wal", drain_seconds=0.01)
    log.append([prediction(n) for n in range(5)]).result(timeout=60)
    wait_for(lambda: bool(log.lag().error))
    lag = log.lag()
    assert (lag.rows, lag.bytes > 1000, lag.oldest_seconds > 0) == (5, True, True)
    assert log.close().rows == 5
    (tmp_path / "log").unlink()
    again = open_prediction_log(tmp_path / "log", wal=tmp_path / "wal")
    assert again.close().rows == 0
    assert read(tmp_path / "log").num_rows == 5


def test_a_store_that_comes_back_takes_what_waited(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("in the way")
    with open_prediction_log(tmp_path / "log", wal=tmp_path / "wal", drain_seconds=0.01) as log:
        log.append([prediction(1)]).result(timeout=60)
        wait_for(lambda: bool(log.lag().error))
        (tmp_path / "log").unlink()
        wait_for(lambda: log.lag().rows == 0)
        assert log.lag().error == ""
    assert read(tmp_path / "log").num_rows == 1


def test_a_folder_that_fails_for_a_while_does_not_end_the_drain(tmp_path: Path) -> None:
    with open_prediction_log(tmp_path / "log", wal=tmp_path / "wal", drain_seconds=0.01) as log:
        (tmp_path / "wal" / "flush-x").mkdir()  # where a file is wanted: it cannot be unlinked
        wait_for(lambda: bool(log.lag().error))
        log.append([prediction(1)]).result(timeout=60)
        wait_for(lambda: log.lag().rows == 0)
        (tmp_path / "wal" / "flush-x").rmdir()
        wait_for(lambda: not log.lag().error)
    assert read(tmp_path / "log").num_rows == 1


def test_a_segment_that_the_disk_has_changed_stays_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("in the way")
    log = open_prediction_log(tmp_path / "log", wal=tmp_path / "wal", drain_seconds=0.01)
    log.append([prediction(n) for n in range(10)]).result(timeout=60)
    wait_for(lambda: bool(log.lag().error))
    (segment,) = (tmp_path / "wal").glob("*.wal")
    content = bytearray(segment.read_bytes())
    content[len(content) // 2] ^= 1
    segment.write_bytes(content)
    (tmp_path / "log").unlink()
    left = log.close()
    assert (left.rows, "of its 10 rows can be read" in left.error) == (10, True)
    assert segment.read_bytes() == content
    assert open_prediction_log(tmp_path / "log", wal=tmp_path / "wal").close().rows == 0
    assert 0 < read(tmp_path / "log").num_rows < 10
    (kept,) = (tmp_path / "wal").glob("*.damaged")
    assert kept.read_bytes() == content


def test_a_full_log_refuses_and_takes_rows_again_when_drained(tmp_path: Path) -> None:
    policy = LogPolicy(max_bytes=1 << 16)
    with open_prediction_log(tmp_path / "log", wal=tmp_path / "wal", policy=policy) as log:
        log.append([prediction(n) for n in range(100)]).result(timeout=60)
        with pytest.raises(LogFull) as refused:
            log.append([prediction(n) for n in range(100, 200)])
        assert refused.value.path == str(tmp_path / "wal")
        assert flush(str(tmp_path / "log"), tmp_path) == 1
        log.append([prediction(n) for n in range(100, 200)]).result(timeout=60)
    assert read(tmp_path / "log").num_rows == 200


def test_a_folder_belongs_to_one_process(tmp_path: Path) -> None:
    with (
        open_prediction_log(tmp_path / "log", wal=tmp_path / "wal"),
        pytest.raises(InvalidCall, match="Another process"),
    ):
        open_prediction_log(tmp_path / "log", wal=tmp_path / "wal")


def test_a_flush_drains_the_logs_of_the_living_and_the_dead(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("in the way")
    dead = open_prediction_log(tmp_path / "log", wal=tmp_path / "wals" / "dead")
    dead.append([prediction(1)]).result(timeout=60)
    dead.close()
    (tmp_path / "log").unlink()
    with open_prediction_log(tmp_path / "log", wal=tmp_path / "wals" / "living") as living:
        living.append([prediction(2)]).result(timeout=60)
        assert flush(str(tmp_path / "log"), tmp_path / "wals") == 2
        assert living.lag().rows == 0
        assert read(tmp_path / "log").num_rows == 2
    assert list(tmp_path.glob("wals/*/flush-*")) == []


def test_what_is_missing_is_named_with_its_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "deltalake", None)
        with pytest.raises(MissingExtra) as refused:
            open_prediction_log(tmp_path / "log", wal=tmp_path / "wal")
    assert refused.value.hint == "pip install 'nbrelease[serve]'"
    open_prediction_log(tmp_path / "log", wal=tmp_path / "wal").close()


def test_a_flush_says_when_it_cannot(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("in the way")
    with open_prediction_log(tmp_path / "log", wal=tmp_path / "wals" / "a") as log:
        log.append([prediction(1)]).result(timeout=60)
        with pytest.raises(LogUnavailable, match="has not drained"):
            flush(str(tmp_path / "log"), tmp_path / "wals", seconds=0.3)
    with pytest.raises(LogUnavailable, match="cannot be used"):
        flush(str(tmp_path / "log"), tmp_path / "wals")
    assert list(tmp_path.glob("wals/*/flush-*")) == []


def test_many_threads_append_and_each_row_is_there_once(tmp_path: Path) -> None:
    def append(log_numbers: range) -> None:
        for number in log_numbers:
            log.append([prediction(number)]).result(timeout=60)

    with open_prediction_log(
        tmp_path / "log", wal=tmp_path / "wal", segment_bytes=20_000, drain_seconds=0.01
    ) as log:
        threads = [
            threading.Thread(target=append, args=(range(start, 200, 4),)) for start in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    found = read(tmp_path / "log").column("id").to_pylist()
    assert sorted(found) == [f"p-{number:06d}" for number in range(200)]
