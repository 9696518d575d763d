"""Run two commands in turn and compare them: ratios hold where absolute times drift."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


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
    peak = 0.0
    with ThreadPoolExecutor(max_workers=1) as reader:
        output = reader.submit(lambda: process.communicate()[0])
        while not output.done():
            # The operating system's figure for an ended process would count its children too.
            peak = max(peak, _peak(process.pid))
            time.sleep(0.05)
    seconds = time.perf_counter() - started
    if process.returncode not in accept:
        raise RuntimeError(f"{command} ended with {process.returncode}:\n{output.result()}")
    return Measured(seconds, peak, output.result())


def _peak(process: int) -> float:
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    lines = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(lines[0].split()[1]) / 1024 if lines else 0.0


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


def quickest(measured: Sequence[Measured]) -> float:
    """Return the least of the wall seconds, which is least disturbed by a host's other guests."""
    return min(each.seconds for each in measured)


def report(name: str, got: float, limit: float, *, unit: str = "", least: bool = False) -> bool:
    """Print a figure beside its bar, and return whether the bar is met."""
    good = got >= limit if least else got <= limit
    bar = "at least" if least else "at most"
    print(f"{name}: {got:.2f}{unit}, wanted {bar} {limit:g}{unit}: {'yes' if good else 'NO'}")
    return good
