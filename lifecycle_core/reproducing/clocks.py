"""Readings of a clock: some measure how long something takes, others tell the date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.reproducing.case import sites_in

if TYPE_CHECKING:
    from lifecycle_core.notebooks.facts import Site
    from lifecycle_core.reproducing.case import Case

_STEADY = ("perf_counter", "monotonic", "process_time", "thread_time")


def clock_sites(case: Case, within: frozenset[int]) -> list[Site]:
    """Return the readings that the runs made in these cells, each once."""
    found: dict[Site, None] = {}
    for run in case.executions:
        found.update(dict.fromkeys(sites_in(run.facts.clock, within)))
    return list(found)


def measures(case: Case, site: Site) -> bool:
    """Tell whether a reading only measures a duration.

    A steady clock can do nothing else; of the others the text says whether only differences of
    readings are used.
    """
    if any(steady in site.what for steady in _STEADY):
        return True
    return any(
        item.severity == "info" and item.line == site.line
        for item in case.found("clock", frozenset({site.cell}))
    )
