"""Print how often the statistics of a review, an experiment and a retraining are right.

Everything is drawn from populations that are known, with fixed seeds. Where a million rows would
only be counted, their counts are drawn. `--runs N` draws fewer than 2,000 times, `--only NAME`
takes the parts with that in their name, `--list` names them. What was found is kept in
`.simulations/`, and taken from there where neither the code nor the number of runs has changed, so
that what was broken off goes on. `--anew` takes nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import simulated_drift
import simulated_experiments
import simulated_quality
import simulated_reading
import simulated_retraining
import simulated_review
from simulation_table import Line, head, shown

from lifecycle_core.adapters.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulation_table import Part

PLACE = Path(__file__).parents[1]
KEPT = PLACE / ".simulations"
PARTS: dict[str, Part] = {
    **simulated_drift.PARTS,
    **simulated_review.PARTS,
    **simulated_experiments.PARTS,
    **simulated_reading.PARTS,
    **simulated_quality.PARTS,
    **simulated_retraining.PARTS,
}


def code() -> str:
    """Return the digest of all code that a figure may depend on."""
    digest = hashlib.sha256()
    for folder in ("lifecycle_core", "benchmarks"):
        for path in sorted((PLACE / folder).rglob("*.py")):
            digest.update(path.relative_to(PLACE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def found(name: str, runs: int, *, of: str, anew: bool) -> Iterator[Line]:
    """Yield the lines of a part, from what is kept if that is of the same code and runs."""
    path = KEPT / f"{name.replace(' ', '_').replace('/', '')}.json"
    if path.is_file() and not anew:
        kept = json.loads(path.read_text())
        if (kept["code"], kept["runs"]) == (of, runs):
            yield from (Line(*each) for each in kept["lines"])
            return
    lines = []
    for each in PARTS[name](runs):
        lines.append(each)
        yield each
    KEPT.mkdir(exist_ok=True)
    write_atomically(path, json.dumps({"code": of, "runs": runs, "lines": lines}))


def is_asked(name: str, only: Sequence[str]) -> bool:
    """Return whether one of these is a part's name, or in it where it is the name of none."""
    return any(each == name if each in PARTS else each.lower() in name.lower() for each in only)


def main() -> int:
    """Print one table; 1 if a figure is not where it shall be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2_000)
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--anew", action="store_true")
    given = parser.parse_args()
    names = [name for name in PARTS if not given.only or is_asked(name, given.only)]
    if given.list or not names:
        print("\n".join(names or PARTS))
        return 0 if names else 2
    print(head())
    of, good = code(), True
    for name in names:
        for each in found(name, given.runs, of=of, anew=given.anew):
            print(shown(each), flush=True)
            good &= each.holds is not False
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
