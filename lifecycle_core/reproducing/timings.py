"""Outputs that differ only because they say how long something took.

A normaliser knows the usual words for a duration. For the others it is shown: all that reads a
clock upstream of the cell takes differences of readings, two runs with a clock that stands agree,
and what is stored differs in no number in which the runs agree. Such a cell is cosmetic, and the
record names what was needed: `standing_clock`.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from lifecycle_core.reproducing.clocks import clock_sites, measures
from lifecycle_core.reproducing.instability import suspects
from lifecycle_core.reproducing.trials import HASH_SEEDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.reproducing.case import Case
    from lifecycle_core.reproducing.trials import Trials
    from lifecycle_core.schema.reproduction import CellResult, Factor

STANDING_CLOCK = "standing_clock"
_UNSEEN = frozenset({"execution_count", "metadata"})
_TICKS = 60_000
_EXACT = 1e-6
_NUMBER = re.compile(r"(\d+(?:\.\d+)?(?:e[+-]?\d+)?)")


def find_timings(case: Case, trials: Trials) -> frozenset[int]:
    """Return the cells that are shown to differ by durations only."""
    waiting = [cell for cell in case.unstable if _may_be_timing(case, cell)]
    if not waiting or any(run.run.exit != "ok" for run in case.executions):
        return frozenset()
    held: frozenset[Factor] = frozenset({"clock"})
    pair = trials.holding([held, held], waiting[-1], HASH_SEEDS)
    found = frozenset(
        cell for cell in waiting if case.same(cell, *pair) and _only_durations(case, cell, pair[0])
    )
    for cell in waiting:
        agrees = case.same(cell, *pair)
        trials.note({"clock"}, cell, agrees=agrees, against="trial", executions=pair)
    return found


def as_cosmetic(results: Sequence[CellResult], timed: frozenset[int]) -> tuple[CellResult, ...]:
    """Return the results with those cells as cosmetic."""
    return tuple(
        result.model_copy(
            update={
                "status": "cosmetic",
                "normalisers": (*result.normalisers, STANDING_CLOCK),
                "detail": "",
                "stored": "",
                "fresh": "",
            }
        )
        if result.index in timed
        else result
        for result in results
    )


def _may_be_timing(case: Case, cell: int) -> bool:
    """Tell whether clocks upstream are read for durations only, and nothing else is suspected."""
    sites = clock_sites(case, case.upstream(cell))
    durations = bool(sites) and all(measures(case, site) for site in sites)
    return durations and set(suspects(case, cell)) <= {"clock", "hash_seed"}


def _only_durations(case: Case, cell: int, still: Execution) -> bool:
    """Tell whether what differs are durations.

    What is stored may differ from a run only in numbers in which the runs differ. And where the
    clock stands such a number is what the clock moves at each reading, or next to nothing: a result
    that depends on how far a loop came within its time is not.
    """
    runs = [_pieces(run.cells[cell].outputs) for run in (*case.executions, still)]
    stored = _pieces(case.cells[cell].outputs) if case.reference == "stored" else runs[0]
    if any(len(pieces) != len(stored) for pieces in runs):
        return False
    *ran, stood = runs
    differing = {
        at for at, piece in enumerate(stored) if any(pieces[at] != piece for pieces in ran)
    }
    return all(
        at % 2 == 1 and len({pieces[at] for pieces in ran}) > 1 and _is_tick(stood[at])
        for at in differing
    )


def _is_tick(number: str) -> bool:
    """Tell whether a number with a fraction is a few thousandths, as a standing clock measures."""
    thousandths = float(number) * 1_000
    return not number.isdigit() and thousandths < _TICKS and abs(thousandths % 1) < _EXACT


def _pieces(outputs: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return outputs as text, cut at its numbers; the numbers are the odd pieces."""
    shown = [
        {key: value for key, value in output.items() if key not in _UNSEEN} for output in outputs
    ]
    return _NUMBER.split(json.dumps(shown, sort_keys=True))
