from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_core.adapters.prediction_log.entries import Kind
from lifecycle_core.adapters.prediction_log.segments import left_segments
from lifecycle_core.adapters.prediction_log.wal import WriteAheadLog
from lifecycle_core.errors import LogFull, TargetUnwritable
from lifecycle_core.schema.prediction import LogPolicy
from tests.fakes.predictions import Slow, failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Opened = Callable[..., WriteAheadLog]

ROW = b"x" * 1000


@pytest.fixture
def disk() -> Slow:
    return Slow()


@pytest.fixture
def opened(tmp_path: Path, disk: Slow) -> Iterator[Opened]:
    logs = []

    def opened(policy: LogPolicy | None = None, **flags: object) -> WriteAheadLog:
        given: dict[str, Any] = {"segment_bytes": 1 << 20, "sync": disk, **flags}
        logs.append(WriteAheadLog(tmp_path, policy or LogPolicy(), **given))
        return logs[-1]

    yield opened
    disk.open.set()
    for log in logs:
        log.close()


def kept(log: WriteAheadLog) -> list[bytes]:
    log.seal()
    return [entry.row for segment in log.sealed() for entry in segment.entries()]


def test_one_sync_serves_all_who_wait(opened: Opened, disk: Slow) -> None:
    log = opened()
    disk.open.clear()
    waiting = [log.append(Kind.PREDICTION, [f"{n}".encode()]) for n in range(50)]
    assert not any(each.done() for each in waiting)
    disk.open.set()
    for each in waiting:
        each.result(timeout=60)
    assert disk.calls <= 3
    assert kept(log) == [f"{n}".encode() for n in range(50)]


def test_relaxed_does_not_wait_for_the_disk(opened: Opened, disk: Slow) -> None:
    log = opened(LogPolicy(mode="relaxed"))
    log.append(Kind.PREDICTION, [ROW]).result(timeout=60)
    assert disk.calls == 0
    disk.fails = True
    log.append(Kind.PREDICTION, [ROW]).result(timeout=60)
    disk.fails = False
    assert kept(log) == [ROW, ROW]


def test_more_than_may_wait_is_refused_and_the_rest_kept(opened: Opened) -> None:
    log = opened(LogPolicy(max_bytes=1 << 16))
    accepted = 64
    for _ in range(accepted):
        log.append(Kind.PREDICTION, [ROW]).result(timeout=60)
    with pytest.raises(LogFull, match="65,124 of 65,536 bytes are taken"):
        log.append(Kind.PREDICTION, [ROW])
    assert kept(log) == [ROW] * accepted
    rows, size, seconds = log.waiting()
    assert (rows, size <= 1 << 16, seconds >= 0) == (accepted, True, True)
    log.remove(log.sealed()[0])
    assert log.waiting() == (0, 0, 0.0)
    log.append(Kind.PREDICTION, [ROW]).result(timeout=60)


def test_a_failed_sync_ends_the_file_and_is_not_tried_again_for_its_rows(
    opened: Opened, disk: Slow
) -> None:
    log = opened()
    log.append(Kind.PREDICTION, [b"before"]).result(timeout=60)
    disk.fails = True
    refused = log.append(Kind.PREDICTION, [b"lost"])
    assert isinstance(failure(refused), TargetUnwritable)
    disk.fails = False
    log.append(Kind.PREDICTION, [b"after"]).result(timeout=60)
    assert kept(log) == [b"before", b"after"]
    assert len(log.sealed()) == 2
    assert log.waiting()[0] == 2


def test_order_does_not_depend_on_the_clock(opened: Opened, tmp_path: Path) -> None:
    times = iter([9_000_000, 5_000_000, 5_000_000, 1_000, 7_000_000])
    log = opened(clock=times.__next__)
    for n in range(4):
        log.append(Kind.OUTCOME, [f"{n}".encode()]).result(timeout=60)
    log.close()
    (segment,), newest = left_segments(tmp_path, now=0.0)
    sequences = [entry.sequence for entry in segment.entries()]
    assert sequences == [9_000, 9_001, 9_002, 9_003]
    again = opened(clock=times.__next__)
    again.append(Kind.OUTCOME, [b"later"]).result(timeout=60)
    again.seal()
    assert next(again.sealed()[-1].entries()).sequence == newest + 1


def test_segments_are_sealed_by_size_and_their_numbers_grow(opened: Opened) -> None:
    log = opened(segment_bytes=3_000)
    for _ in range(9):
        log.append(Kind.PREDICTION, [ROW]).result(timeout=60)
    log.seal()
    assert [segment.number for segment in log.sealed()] == [1, 2, 3]
    assert log.unsealed_seconds() is None


def test_closing_keeps_what_is_queued_and_takes_no_more(opened: Opened) -> None:
    log = opened()
    waiting = [log.append(Kind.PREDICTION, [ROW]) for _ in range(20)]
    log.close()
    assert [each.done() for each in waiting] == [True] * 20
    with pytest.raises(RuntimeError, match="closed"):
        log.append(Kind.PREDICTION, [ROW])


class Held(Sequence[bytes]):
    """Rows whose last one can be counted, and is told only when it is let go."""

    def __init__(self, *, breaks: bool = False) -> None:
        self.asked, self.let_go = threading.Event(), threading.Event()
        self._times, self._breaks = 0, breaks

    def __len__(self) -> int:
        return 2

    def __getitem__(self, at: Any) -> Any:  # noqa: ANN401 - one of a sequence
        if at > 1:
            raise IndexError(at)
        if at == 1:
            self._times += 1
        if self._times > 1:
            self.asked.set()
            assert self.let_go.wait(60)
            if self._breaks:
                raise MemoryError
        return b"held"


def test_a_single_row_does_not_wait_until_many_are_ready(opened: Opened) -> None:
    log, held = opened(), Held()
    with ThreadPoolExecutor() as pool:
        many = pool.submit(log.append, Kind.PREDICTION, held)
        assert held.asked.wait(60)
        log.append(Kind.PREDICTION, [b"one"]).result(timeout=60)
        closing = pool.submit(log.close)
        with pytest.raises(TimeoutError):
            closing.result(timeout=0.2)  # it waits for those that are under way
        held.let_go.set()
        many.result(timeout=60).result(timeout=60)
        closing.result(timeout=60)
    (segment,) = log.sealed()
    entries = sorted(segment.entries(), key=lambda entry: entry.sequence)
    assert [entry.row for entry in entries] == [b"held", b"held", b"one"]


def test_rows_that_could_not_be_made_ready_take_no_room_and_are_not_waited_for(
    opened: Opened,
) -> None:
    log, held = opened(), Held(breaks=True)
    held.let_go.set()
    before = log.waiting()[:2]
    with pytest.raises(MemoryError):
        log.append(Kind.PREDICTION, held)
    assert log.waiting()[:2] == before
    log.append(Kind.PREDICTION, [b"one"]).result(timeout=60)
    log.close()
    assert [entry.row for segment in log.sealed() for entry in segment.entries()] == [b"one"]


def test_who_asks_to_seal_while_it_closes_is_not_left_waiting(opened: Opened, disk: Slow) -> None:
    log = opened(LogPolicy(mode="relaxed"))
    log.append(Kind.PREDICTION, [ROW]).result(timeout=60)
    disk.open.clear()
    disk.waiting.clear()
    with ThreadPoolExecutor(2) as pool:
        closing = pool.submit(log.close)
        assert disk.waiting.wait(60)
        sealing = pool.submit(log.seal)
        time.sleep(0.05)  # it is waiting by now; the test holds whether it is or not
        disk.open.set()
        assert (closing.result(60), sealing.result(60)) == (None, None)
    log.seal()  # and whoever comes after that


def test_a_future_that_waits_cannot_be_cancelled(opened: Opened, disk: Slow) -> None:
    log = opened()
    disk.open.clear()
    waiting = log.append(Kind.PREDICTION, [ROW])
    assert not waiting.cancel()
    disk.open.set()
    waiting.result(timeout=60)


DISK_FULL = """
import resource, sys
from pathlib import Path
from lifecycle_core.adapters.prediction_log.entries import Kind
from lifecycle_core.adapters.prediction_log.wal import WriteAheadLog
from lifecycle_core.errors import LogFull
from lifecycle_core.schema.prediction import LogPolicy

resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, 5_000))
log = WriteAheadLog(Path(sys.argv[1]), LogPolicy(), segment_bytes=1 << 20)
for number in range(20):
    try:
        log.append(Kind.PREDICTION, [b"%d" % number * 500]).result(timeout=60)
        print(number)
    except LogFull as error:
        assert "limit is reached" in str(error), error
        print("refused", number, file=sys.stderr)
log.close()
"""


def test_a_disk_that_is_full_refuses_rows_and_loses_none(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", DISK_FULL, str(tmp_path)],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[4],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    acknowledged = [int(line) for line in ended.stdout.split()]
    segments, _ = left_segments(tmp_path, now=0.0)
    found = [entry.row for segment in segments for entry in segment.entries()]
    assert found == [b"%d" % number * 500 for number in acknowledged]
    assert "refused" in ended.stderr
    assert 10 < len(acknowledged) < 20
