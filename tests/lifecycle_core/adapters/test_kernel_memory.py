"""A kernel that memory runs out for says so."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters import kernel
from tests.fakes.clean_runs import clean_run

if TYPE_CHECKING:
    from pathlib import Path

_BOUNDED = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (8 << 30, resource.getrlimit(resource.RLIMIT_AS)[1]))
kept = bytearray(1 << 40)
"""
_KILLED = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"


def test_a_cell_that_asks_for_too_much_memory_is_told_with_its_error(tmp_path: Path) -> None:
    run = clean_run(tmp_path, "x = 1", _BOUNDED).run
    assert (run.exit, run.stopped_at) == ("error", 1)
    assert run.message.startswith("MemoryError")


@pytest.mark.parametrize(
    ("kills", "said"),
    [
        (count(), "SIGKILL; memory ran out."),
        (iter([3, 3]), "SIGKILL; the system does that when memory runs out."),
    ],
)
def test_the_systems_count_of_kills_for_memory_tells_one_kill_from_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kills: count[int], said: str
) -> None:
    # The real count rises only when the machine, or its control group, has no memory left.
    monkeypatch.setattr(kernel, "memory_kills", lambda: next(kills))
    run = clean_run(tmp_path, _KILLED).run
    assert run.exit == "killed"
    assert said in run.message
