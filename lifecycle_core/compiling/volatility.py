"""Variables that two clean runs give differently: durations are let pass, all else is refused.

Outputs may agree although variables do not; a pipeline could then give anything, and seem equal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.dataflow import Carriers, read_dataflow
from lifecycle_core.schema.pipeline import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lifecycle_core.notebooks.cells import CodeCell
    from lifecycle_core.notebooks.dataflow import Dataflow
    from lifecycle_core.notebooks.facts import Facts, Site
    from lifecycle_core.schema.finding import Finding

_STEADY = ("perf_counter", "monotonic", "process_time", "thread_time", "default_timer")
_SEARCHES = "sklearn.model_selection"
_TAKEN = "it holds how long something took"


@dataclass(frozen=True, slots=True, kw_only=True)
class Volatility:
    """What two runs of a notebook give differently.

    Attributes:
        durations: Variables that hold how long something took, with the reason.
        refusals: The first variables that differ for another reason.
        unsteady: All that do, where a tolerance is stated and they are to be measured.
    """

    durations: Mapping[str, str] = field(default_factory=dict)
    refusals: tuple[Refusal, ...] = ()
    unsteady: frozenset[str] = frozenset()


_UNKNOWN = (
    "Look for the cause: nbrelease reproduce NOTEBOOK. If only last digits differ, as when threads "
    "add in another order, allow it with --rtol 1e-9."
)


def volatility_of(
    cells: Sequence[CodeCell],
    one: Facts,
    other: Facts,
    findings: Sequence[Finding],
    *,
    tolerant: bool = False,
) -> Volatility:
    """Compare the variables of two clean runs, cell by cell.

    Args:
        cells: The notebook's code cells.
        one: What was seen of the first run.
        other: Of the second.
        findings: What reading the notebook says; it knows clocks that only measure.
        tolerant: Numbers may differ somewhat: how much is measured later.
    """
    tolerated = {cell.index for cell in cells if "nondeterministic" in cell.tags}
    flow = read_dataflow(cells)
    carriers = Carriers(flow)
    measuring = {
        (item.cell, item.line)
        for item in findings
        if item.kind == "clock" and item.severity == "info"
    }
    durations: dict[str, str] = {}
    unsteady: set[str] = set()
    for index, seen in one.cells.items():
        if index not in other.cells:
            continue
        differing = _differing(seen.variables, other.cells[index].variables)
        timed = _timed(flow, carriers, index, one, measuring)
        rest: list[str] = []
        for name in differing:
            kind = seen.variables[name].type if name in seen.variables else ""
            if name in timed or index in tolerated or kind.startswith(_SEARCHES):
                durations[name] = _TAKEN if index not in tolerated else "its cell is tagged so"
                carriers.names.add(name)
            else:
                rest.append(name)
        if rest and not tolerant:
            return Volatility(durations=durations, refusals=(_refusal(index, tuple(rest), one),))
        unsteady.update(rest)
    return Volatility(durations=durations, unsteady=frozenset(unsteady - durations.keys()))


def _differing(one: Mapping[str, object], other: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys((*one, *other)) if one.get(name) != other.get(name))


def _timed(
    flow: Dataflow,
    carriers: Carriers,
    cell: int,
    facts: Facts,
    measuring: set[tuple[int, int | None]],
) -> set[str]:
    """Return the variables that may hold how long something took after a cell, and no date.

    What merely stands in one cell with a clock, such as a model that is fitted between two readings
    of it, is none of them.
    """
    if cell not in flow.by_index:
        return set(carriers.names)
    clocks = [site for site in facts.clock if site.cell == cell]
    lines = {site.line for site in clocks if _measures(site, measuring)}
    dates = {site.line for site in clocks if not _measures(site, measuring)}
    every = {*facts.cells[cell].variables}
    found = {*carriers.names} if carriers.pass_cell(cell, lines) else every
    dated = Carriers(flow)
    if dates and not dated.pass_cell(cell, dates):
        return set()
    return (found | carriers.names) - dated.names


def _measures(site: Site, measuring: set[tuple[int, int | None]]) -> bool:
    return any(word in site.what for word in _STEADY) or (site.cell, site.line) in measuring


def _names_only(site: Site) -> bool:
    """Tell whether a library drew what is no number: a name for a file, or a key."""
    return bool(site.library) and site.what.startswith(("uuid.", "secrets.", "os.urandom"))


def _refusal(cell: int, names: tuple[str, ...], facts: Facts) -> Refusal:
    listed = ", ".join(f"`{name}`" for name in names[:3])
    drawn = [site for site in facts.random if site.cell <= cell and not _names_only(site)]
    dated = [site for site in facts.clock if site.cell <= cell]
    why, hint = "", _UNKNOWN
    if drawn:
        why = f"; {drawn[-1].what} has no seed, in cell {drawn[-1].cell}"
        hint = "Give it a seed."
    elif dated:
        why = f"; cell {dated[-1].cell} asks {dated[-1].what} for the time"
        hint = "Make the time a parameter, or tag the cell `nondeterministic`."
    line = next((site.line for site in (*drawn, *dated) if site.cell == cell), None)
    return Refusal(
        cells=(cell,),
        line=line,
        names=names[:3],
        reason=f"two clean runs give different values of {listed}{why}",
        hint=hint,
    )
