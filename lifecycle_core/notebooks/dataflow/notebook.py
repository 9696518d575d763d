"""Who gives a cell what it needs: the flows of all cells seen together."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from lifecycle_core.notebooks.dataflow.effects import is_history
from lifecycle_core.notebooks.dataflow.flow import SETTINGS, Flow, Use
from lifecycle_core.notebooks.dataflow.knowledge import BUILTINS
from lifecycle_core.notebooks.dataflow.reading import read_flow
from lifecycle_core.notebooks.parsing import Parsed, parse_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lifecycle_core.notebooks.cells import CodeCell

Place = Literal["before", "later", "nowhere", "unknown", "builtin"]


@dataclass(frozen=True)
class Dataflow:
    """The flows of a notebook's code cells in the order of the file.

    Attributes:
        flows: One per code cell.
        parsed: Their trees, by index of the cell.
    """

    flows: tuple[Flow, ...]
    parsed: Mapping[int, Parsed]

    @cached_property
    def by_index(self) -> Mapping[int, Flow]:
        """The flows by index of the cell."""
        return {flow.index: flow for flow in self.flows}

    @cached_property
    def binders(self) -> Mapping[str, tuple[int, ...]]:
        """By name, the indexes of the cells that bind it or may bind it, in order."""
        found: dict[str, list[int]] = defaultdict(list)
        for flow in self.flows:
            for name in {**flow.defines, **flow.maybe}:
                found[name].append(flow.index)
        return {name: tuple(cells) for name, cells in found.items()}

    @cached_property
    def _opaque(self) -> tuple[int, ...]:
        return tuple(flow.index for flow in self.flows if flow.opaque)

    @cached_property
    def _deletions(self) -> Mapping[str, tuple[int, ...]]:
        found: dict[str, list[int]] = defaultdict(list)
        for flow in self.flows:
            for name in flow.deletes:
                found[name].append(flow.index)
        return {name: tuple(cells) for name, cells in found.items()}

    def unknown_before(self, cell: int) -> bool:
        """Tell whether a cell before this one, or it itself, may bind names that we do not see."""
        return bool(self._opaque) and self._opaque[0] <= cell

    def where(self, use: Use, cell: int) -> Place:
        """Tell where the name is bound that a cell uses, seen from a clean run in file order.

        For a deferred use, a binding in any cell counts as `before` if it stands before the first
        use of the function that holds the code.
        """
        last = self._called_from(use, cell) if use.deferred else cell
        cells = self.binders.get(use.name, ())
        own = use.deferred and self.by_index[cell].binds(use.name)
        before = [one for one in cells if one < cell or (use.deferred and one < last)]
        if before or own:
            removed = [one for one in self._deletions.get(use.name, ()) if one < cell]
            if removed and before and removed[-1] > before[-1] and not own:
                return "unknown" if self.unknown_before(cell) else "later"
            return "before"
        if use.name in BUILTINS or is_history(use.name):
            return "builtin"
        if self.unknown_before(last):
            return "unknown"
        return "later" if any(one > cell or use.deferred for one in cells) else "nowhere"

    def deleted_in(self, name: str, cell: int) -> int | None:
        """Return the cell that removed a name for good before this one, if one did."""
        removed = [one for one in self._deletions.get(name, ()) if one < cell]
        bound = [one for one in self.binders.get(name, ()) if one < cell]
        return removed[-1] if removed and (not bound or bound[-1] < removed[-1]) else None

    def _called_from(self, use: Use, cell: int) -> int:
        """Return the first cell that uses the function that holds a use; past the last if none."""
        holders, waiting = {use.within}, [use.within]
        first = self.flows[-1].index + 1
        while waiting:
            name = waiting.pop()
            for flow_index, held in self._users.get(name, ()):
                if flow_index < cell:
                    continue
                if held is None:
                    first = min(first, flow_index)
                elif held not in holders:
                    holders.add(held)
                    waiting.append(held)
        return first

    @cached_property
    def _users(self) -> Mapping[str, tuple[tuple[int, str | None], ...]]:
        """By name, the cells that use it; with the function that does, if it is one."""
        found: dict[str, list[tuple[int, str | None]]] = defaultdict(list)
        for flow in self.flows:
            for use in flow.uses:
                found[use.name].append((flow.index, use.within if use.deferred else None))
        return {name: tuple(users) for name, users in found.items()}

    def ancestors(self, cell: int) -> frozenset[int]:
        """Return the cells before this one whose effects it may depend on.

        Where it cannot be known the cell is included: one too many costs time, one too few hides
        a cause.

        Example:
            >>> flow = dataflow_of(["a = 1", "b = 2", "c = a", "print(c)"])
            >>> sorted(flow.ancestors(3))
            [0, 2]
        """
        earlier = [flow for flow in self.flows if flow.index < cell]
        return frozenset(_slice(self.by_index[cell], earlier))


def _slice(flow: Flow, earlier: list[Flow]) -> Iterator[int]:
    groups = _Groups(pair for one in (*earlier, flow) for pair in one.shares)
    held = _held_names(earlier)
    made = _made_from((*earlier, flow))
    needs = _needs(flow, held, made)
    everything = flow.needs_all
    for one in reversed(earlier):
        touched = one.mutates | one.may_mutate
        related = groups.of(needs)
        if (
            everything
            or one.opaque
            or SETTINGS in touched
            or not needs.isdisjoint(one.defines)
            or not needs.isdisjoint(one.maybe)
            or not needs.isdisjoint(one.deletes)
            or not related.isdisjoint(groups.of(touched))
        ):
            yield one.index
            needs = (needs - one.defines.keys()) | _needs(one, held, made)
            everything = everything or one.needs_all


def _needs(
    flow: Flow, held: Mapping[str, frozenset[str]], made: Mapping[str, frozenset[str]]
) -> frozenset[str]:
    """Return what a cell needs, with what the functions need that it can reach."""
    direct = {use.name for use in flow.uses} | flow.mutates | flow.may_mutate | flow.mentions
    if not held:
        return frozenset(direct)
    reached, waiting = set(direct), list(direct)
    found = set(direct)
    while waiting:
        name = waiting.pop()
        inner = held.get(name, frozenset())
        found |= inner
        fresh = (made.get(name, frozenset()) | inner) - reached
        reached |= fresh
        waiting += fresh
    return frozenset(found)


def _held_names(flows: Iterable[Flow]) -> Mapping[str, frozenset[str]]:
    """Return, by function or class, the names its body needs when it is called."""
    found: dict[str, set[str]] = defaultdict(set)
    for flow in flows:
        for use in flow.uses:
            if use.deferred and use.within:
                found[use.within].add(use.name)
    return {name: frozenset(names) for name, names in found.items()}


def _made_from(flows: Iterable[Flow]) -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for flow in flows:
        for name, sources in flow.made_from.items():
            found[name] = found.get(name, frozenset()) | sources
    return found


class _Groups:
    """Names that may stand for one object, joined over all pairs."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._parents: dict[str, str] = {}
        for one, other in pairs:
            self._parents[self._find(one)] = self._find(other)

    def _find(self, name: str) -> str:
        path = []
        while (parent := self._parents.get(name, name)) != name:
            path.append(name)
            name = parent
        for passed in path:
            self._parents[passed] = name
        return name

    def of(self, names: Iterable[str]) -> frozenset[str]:
        """Return one representative for each group that the names are of."""
        return frozenset(map(self._find, names))


def read_dataflow(cells: Iterable[CodeCell]) -> Dataflow:
    """Return the data flow of a notebook's code cells, in the order of the file.

    Cells tagged `skip-execution` are read as if they were empty, as a clean run leaves them out.
    """
    skipped = Parsed(tree=None)
    return _dataflow(
        (cell.index, skipped if "skip-execution" in cell.tags else parse_cell(cell.source))
        for cell in cells
    )


def dataflow_of(sources: Iterable[str]) -> Dataflow:
    """Return the data flow of code cells by their texts; they are numbered from 0."""
    return _dataflow(enumerate(map(parse_cell, sources)))


def _dataflow(numbered: Iterable[tuple[int, Parsed]]) -> Dataflow:
    modules: dict[str, str] = {}
    parsed = dict(numbered)
    flows = tuple(read_flow(index, one, modules) for index, one in parsed.items())
    return Dataflow(flows, parsed)
