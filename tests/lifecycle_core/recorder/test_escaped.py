from __future__ import annotations

import os
import signal
import subprocess
import sys

from lifecycle_core.recorder.escaped import MARK, end_escaped


def waiting(evidence: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", "import time; print(1, flush=True); time.sleep(600)"],
        env={**os.environ, MARK: evidence},
        stdout=subprocess.PIPE,
        start_new_session=True,
    )


def test_only_processes_of_the_run_are_ended() -> None:
    with waiting("/run/one/evidence") as ours, waiting("/run/one/evidence2") as other:
        try:
            for child in (ours, other):
                assert child.stdout is not None
                assert child.stdout.read(1) == b"1"
            assert end_escaped("/run/one/evidence") == 1
            assert ours.wait(10) == -signal.SIGKILL
            assert other.poll() is None
            assert end_escaped("/run/one/evidence") == 0
        finally:
            ours.kill()
            other.kill()
