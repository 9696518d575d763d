"""Shapes of a notebook, or of its folder, in which a stale cell may come out as it is stored.

What the stored counts, a live session's journal, git's history and the files that the notebook
itself writes tell of the run from which it was saved.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.variants import in_order, with_sources
from lifecycle_core.reproducing.signs import reader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from lifecycle_core.notebooks.variants import Variant
    from lifecycle_core.reproducing.case import Case
    from lifecycle_core.schema.reproduction import CauseKind, Factor

_REPEATED = 6
"""At most so many ways of running cells more than once are tried."""
_BLOCKS = 2
_ABOVE = 3
"""Of these, blocks of neighbouring cells, and single cells above the gap."""
_LONGEST = 60.0
"""Seconds that the repetitions of one cell may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Idea:
    """A shape of the notebook in which the cell may come out as stored.

    Attributes:
        cell: Where the cause would sit; None: in the cell that is looked at.
        variant: Other cells; None for those that there are.
        names: Files it is about.
        recorded: Other content for files of the project.
        without: Files that are left out, as in `Plan`.
        hint: What to do, if more can be said than is said of every cause of the kind.
    """

    factor: Factor
    kind: CauseKind
    variant: Variant | None = None
    evidence: str
    cell: int | None = None
    names: tuple[str, ...] = ()
    recorded: Mapping[Path, bytes] = field(default_factory=dict)
    without: frozenset[str] = frozenset()
    hint: str = ""


def ideas(case: Case, cell: int) -> Iterator[Idea]:
    """Yield what to try, the more telling first."""
    yield from _lost_code(case, cell)
    if pair := case.falling():
        earlier, later = pair
        counts = {one.index: one.execution_count or 0 for one in case.counted()}
        limit = counts.get(cell, max(counts.values()))
        order = [at for at in sorted(counts, key=counts.__getitem__) if counts[at] <= limit]
        yield Idea(
            factor="order",
            kind="out_of_order",
            variant=in_order(case.notebook, order),
            evidence=f"Run in the order of the stored counts (cell {later.index} as "
            f"[{later.execution_count}] before cell {earlier.index} as "
            f"[{earlier.execution_count}]), cell {cell} comes out as stored.",
        )
    if case.circumstances.recorded:
        recorded = case.circumstances.recorded
        names = ", ".join(sorted(path.as_posix() for path in recorded)[:3])
        yield Idea(
            factor="data",
            kind="changed_data",
            recorded=recorded,
            evidence=f"With {names} as {case.circumstances.recorded_by}, cell {cell} comes out as "
            "stored.",
            cell=reader(case, cell, frozenset()),
        )
    yield from _repetitions(case, cell)


def _lost_code(case: Case, cell: int) -> Iterator[Idea]:
    """Offer to put back what a live session ran: what was deleted, what was edited."""
    deleted = [one for one in case.lost if one.kind == "deleted" and one.ok]
    edited = [one for one in case.lost if one.kind == "edited" and one.ok]
    added: dict[int, list[str]] = {}
    for one in deleted:
        added.setdefault(one.at, []).append(one.source)
    if deleted:
        counts = ", ".join(f"[{one.count}]" for one in deleted)
        yield Idea(
            factor="history",
            kind="deleted_cell",
            variant=with_sources(case.notebook, added, {}),
            evidence=f"With the deleted code {counts} of this session put back, cell {cell} comes "
            "out as stored.",
            hint=f"Put it back with `%reproduce --restore {deleted[0].count}`, or choose Restart "
            "Kernel and Run All Cells and save the new results.",
        )
    if edited:
        yield Idea(
            factor="history",
            kind="edited_after_run",
            variant=with_sources(case.notebook, {}, {one.at: one.source for one in edited}),
            cell=edited[0].at,
            evidence=f"With cell {edited[0].at} as this session ran it, cell {cell} comes out as "
            "stored.",
        )


def _repetitions(case: Case, cell: int) -> Iterator[Idea]:
    """Offer cells that were run more than once: the counts skip before or after them."""
    near, took = case.upstream(cell), case.seconds()
    counts = any(case.flow.by_index[at].needs_all for at in near)  # as `Out[3]` does
    code = list(case.cells)
    tried = 0
    seen: set[tuple[int, int, int]] = set()
    for skipped_before, skipped in case.gaps(cell):
        for at, length, times in _blocks(case, skipped_before.index, skipped):
            first = code.index(at)
            block = code[first : first + length]
            changes = any(one in near and (counts or not case.repeatable(one)) for one in block)
            lasts = times * sum(took.get(one, 0.0) for one in block)
            if not changes or lasts > _LONGEST or (at, length, times) in seen:
                continue
            if tried == _REPEATED:
                return
            tried += 1
            seen.add((at, length, times))
            which = f"cell {at}" if length == 1 else f"cells {at} to {block[-1]}"
            yield Idea(
                factor="repetition",
                kind="out_of_order",
                variant=in_order(case.notebook, [*code[:first], *block * times, *code[first:]]),
                cell=at,
                evidence=f"With {which} run {times + 1} times, as the gap in the counts allows, "
                f"cell {cell} comes out as stored.",
            )


def _blocks(case: Case, before: int, skipped: int) -> Iterator[tuple[int, int, int]]:
    """Yield what may have run again where the counts skip: first cell, how many cells, how often.

    The cell before which they skip alone; it and those that follow it, as when somebody goes up and
    runs on from there; a cell above it; and it alone less often, beside code that is gone.
    """
    yield before, 1, skipped
    behind = [at for at in case.cells if at >= before]
    lengths = (one for one in range(2, min(len(behind), skipped) + 1) if skipped % one == 0)
    for length in list(lengths)[::-1][:_BLOCKS]:
        yield before, length, skipped // length
    above = [at for at in case.cells if at < before][::-1]
    yield from ((at, 1, skipped) for at in above[:_ABOVE])
    yield from ((before, 1, times) for times in range(skipped - 1, 0, -1))
