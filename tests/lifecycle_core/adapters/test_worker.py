from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from lifecycle_core.adapters.worker import LastingWorker, WorkerDied, open_worker
from lifecycle_core.errors import BundleInvalid


@dataclass(frozen=True, slots=True)
class Where:
    """A small adapter."""

    add: int = 0

    def process(self) -> int:
        return os.getpid() + self.add

    def fail(self) -> None:
        raise BundleInvalid("model.skops was changed.", path="model.skops", hint="Release again.")

    def has(self, module: str) -> bool:
        return module in sys.modules


def test_calls_run_in_another_process() -> None:
    with open_worker() as worker:
        process = worker.run(Where().process)
        assert process != os.getpid()
        assert worker.run(Where(add=5).process) == process + 5


def test_modules_are_loaded_ahead() -> None:
    with open_worker(warm=("colorsys", "there_is_no_such_module")) as worker:
        assert worker.run(Where().has, "colorsys")


def test_errors_come_home_whole() -> None:
    with open_worker() as worker, pytest.raises(BundleInvalid, match="was changed") as caught:
        worker.run(Where().fail)
    assert caught.value.hint == "Release again."
    assert caught.value.path == "model.skops"


def test_a_defect_shows_where_it_was() -> None:
    with open_worker() as worker, pytest.raises(ZeroDivisionError) as caught:
        worker.run(divmod, 1, 0)
    assert "_answer" in caught.value.__notes__[0]


def test_an_answer_that_cannot_be_sent_is_told() -> None:
    with open_worker() as worker, pytest.raises(RuntimeError, match="cannot send"):
        worker.run(threading.Lock)


def test_a_worker_that_dies_is_told() -> None:
    with open_worker() as worker, pytest.raises(RuntimeError, match="The worker died"):
        worker.run(os._exit, 3)


def test_a_script_without_a_guard_is_not_run_twice(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import os\n"
        "from lifecycle_core.adapters.worker import LastingWorker, WorkerDied, open_worker\n"
        "print('started')\n"
        "with open_worker() as worker:\n"
        "    print(worker.run(os.getcwd))\n"
    )
    ran = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert ran.stdout.splitlines() == ["started", str(tmp_path)]


def test_an_error_in_the_block_does_not_wait_for_the_child() -> None:
    def leave() -> int:
        with open_worker() as worker:
            process = worker.run(Where().process)
            worker.start(time.sleep, 600)
            time.sleep(0.2)
            raise KeyboardInterrupt(process)

    with pytest.raises(KeyboardInterrupt) as caught:
        leave()
    assert ended(int(caught.value.args[0]))


def test_the_child_ends_when_the_parent_is_killed() -> None:
    program = (
        "import time\n"
        "from lifecycle_core.adapters.worker import LastingWorker, WorkerDied, open_worker\n"
        "from os import getpid\n"
        "if __name__ == '__main__':\n"
        "    with open_worker() as worker:\n"
        "        print(worker.start(getpid).result(), flush=True)\n"
        "        worker.start(time.sleep, 600).result()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent,
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    assert ended(child)


def ended(process: int) -> bool:
    for _ in range(200):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_where_a_lasting_worker_died_another_one_answers() -> None:
    with LastingWorker() as worker:
        first = worker.run(os.getpid)
        os.kill(first, signal.SIGKILL)
        second = worker.run(os.getpid)
        assert second not in {first, os.getpid()}
        assert worker.run(os.getpid) == second
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)


def test_what_ends_every_worker_is_told() -> None:
    with LastingWorker() as worker:
        with pytest.raises(WorkerDied):
            worker.run(os._exit, 3)
        assert worker.run(len, "ab") == 2
