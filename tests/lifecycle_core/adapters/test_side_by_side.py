"""Calls in children: answers, errors, deaths, and that none is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_core.adapters.side_by_side import Call, ChildDied, Ended, run_side_by_side
from lifecycle_core.errors import InvalidCall
from tests.fakes import calls

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[3]


def call(function: Callable[..., Any], *words: object) -> Call:
    return Call(function=function, words=words, flags={})


def only(*made: Call, jobs: int = 1) -> list[Ended]:
    return sorted(run_side_by_side(made, jobs=jobs), key=lambda ended: ended.index)


def gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def resume(processes: list[int]) -> None:
    for process in processes:
        os.kill(process, signal.SIGCONT)


def wait_until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


class Listening:
    """Writes down what each call reports."""

    def __init__(self) -> None:
        self.heard: list[tuple[int, str]] = []

    def of(self, index: int) -> _One:
        return _One(self.heard, index)


class _One:
    def __init__(self, heard: list[tuple[int, str]], index: int) -> None:
        self._heard = heard
        self._index = index

    def begin(self, activity: str) -> None:
        self._heard.append((self._index, f"begin {activity}"))

    def cell(self, done: int, total: int, label: str) -> None:
        self._heard.append((self._index, f"{done}/{total} {label}"))

    def end(self, activity: str, note: str = "") -> None:
        self._heard.append((self._index, f"end {activity} {note}"))


def test_each_call_has_a_process_of_its_own_that_is_gone_afterwards() -> None:
    answers = [ended.answer for ended in only(call(calls.report, 1), call(calls.report, 2), jobs=2)]
    assert [number for number, _ in answers] == [1, 2]
    processes = {process for _, process in answers}
    assert len(processes) == 2
    assert os.getpid() not in processes
    assert all(map(gone, processes))


def test_calls_run_side_by_side(tmp_path: Path) -> None:
    one, two = str(tmp_path / "1"), str(tmp_path / "2")
    ended = only(call(calls.wait_for, one, two), call(calls.wait_for, two, one), jobs=2)
    assert [found.answer for found in ended] == [two, one]


def test_progress_comes_home_in_order() -> None:
    listening = Listening()
    made = [call(calls.report, number) for number in (7, 8)]
    for _ in run_side_by_side(made, jobs=2, watch=listening):
        pass
    for index, number in enumerate((7, 8)):
        assert [said for heard, said in listening.heard if heard == index] == [
            "begin Work", f"0/1 cell of {number}", "end Work done",
        ]  # fmt: skip


def test_an_error_comes_home_whole_and_stops_nobody_else() -> None:
    refused, answered, broken = only(
        call(calls.refuse), call(calls.report, 1), call(calls.break_down), jobs=2
    )
    assert isinstance(refused.error, InvalidCall)
    assert refused.error.hint == "Do it right."
    assert answered.answer[0] == 1
    assert isinstance(broken.error, ZeroDivisionError)
    assert "in break_down" in broken.error.__notes__[0]


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (calls.die, "killed by SIGKILL; the system may have run out of memory"),
        (calls.leave, "left with exit code 7"),
        (calls.unsendable, "cannot be sent"),
        (calls.raise_odd, "OddError('odd') cannot be sent"),
    ],
)
def test_a_child_that_does_not_answer_is_an_error(function: Callable[..., Any], says: str) -> None:
    (ended,) = only(call(function))
    assert isinstance(ended.error, (ChildDied, RuntimeError))
    assert says in str(ended.error)


def test_who_stops_listening_ends_every_child_with_its_clean_up(tmp_path: Path) -> None:
    running = run_side_by_side([call(calls.stay, str(tmp_path))] * 2 + [call(calls.die)], jobs=3)
    next(running)
    wait_until(lambda: len(list(tmp_path.glob("began-*"))) == 2)
    running.close()  # type: ignore[attr-defined] # it is a generator
    began = {path.name.partition("-")[2] for path in tmp_path.glob("began-*")}
    cleaned = {path.name.partition("-")[2] for path in tmp_path.glob("cleaned-*")}
    assert began == cleaned
    assert all(gone(int(process)) for process in began)


def test_an_interrupt_on_its_way_does_not_keep_a_child_from_ending(tmp_path: Path) -> None:
    running = run_side_by_side([call(calls.stay, str(tmp_path))] * 3 + [call(calls.die)], jobs=4)
    next(running)
    wait_until(lambda: len(list(tmp_path.glob("began-*"))) == 3)
    children = [int(path.name.partition("-")[2]) for path in tmp_path.glob("began-*")]
    for signum in (signal.SIGSTOP, signal.SIGINT):
        for child in children:
            os.kill(child, signum)
    wake = threading.Timer(0.2, resume, [children])
    wake.start()
    running.close()  # type: ignore[attr-defined] # it is a generator
    wake.join()
    assert len(list(tmp_path.glob("cleaned-*"))) == 3


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGKILL])
def test_children_end_with_their_parent_however_it_ends(tmp_path: Path, signum: int) -> None:
    code = (
        "import sys\nfrom lifecycle_core.adapters.side_by_side import Call, run_side_by_side\n"
        "from tests.fakes.calls import stay\n"
        "list(run_side_by_side([Call(function=stay, words=(sys.argv[1],), flags={})] * 2, jobs=2))"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.DEVNULL,
    )
    wait_until(lambda: len(list(tmp_path.glob("began-*"))) == 2)
    parent.send_signal(signum)
    assert parent.wait() != 0
    wait_until(lambda: len(list(tmp_path.glob("cleaned-*"))) == 2)
    for path in tmp_path.glob("began-*"):
        process = int(path.name.partition("-")[2])
        wait_until(lambda process=process: gone(process))  # type: ignore[misc] # bound now
