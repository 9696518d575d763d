"""Run two commands in turn and compare them: ratios hold where absolute times drift."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Measured:
    """One process: wall seconds, and the peak resident megabytes of that process alone."""

    seconds: float
    megabytes: float
    output: str


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    environ: Mapping[str, str] | None = None,
    accept: Sequence[int] = (0,),
) -> Measured:
    """Run a command to its end.

    Raises:
        RuntimeError: It ended with an exit code that is not accepted.
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        [str(word) for word in command],
        cwd=cwd,
        env={**os.environ, **(environ or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None  # noqa: S101 - asked for one line above
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    if process.returncode not in accept:
        raise RuntimeError(f"{command} ended with {process.returncode}:\n{output}")
    return Measured(seconds, usage.ru_maxrss / 1024, output)


def pairs(
    ours: Callable[[], Measured], theirs: Callable[[], Measured], *, runs: int
) -> tuple[list[Measured], list[Measured]]:
    """Measure both in turn, `runs` times each, after one turn that does not count."""
    ours(), theirs()
    measured = [(ours(), theirs()) for _ in range(runs)]
    return [ours for ours, _ in measured], [theirs for _, theirs in measured]


def median(measured: Sequence[Measured]) -> float:
    """Return the median of the wall seconds."""
    return statistics.median(each.seconds for each in measured)


def report(name: str, got: float, limit: float, *, unit: str = "", least: bool = False) -> None:
    """Print a figure beside its bar."""
    good = got >= limit if least else got <= limit
    bar = "at least" if least else "at most"
    print(f"{name}: {got:.2f}{unit}, wanted {bar} {limit:g}{unit}: {'yes' if good else 'NO'}")
