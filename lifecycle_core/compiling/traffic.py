"""What passes between cells beside variables: files, and the state of the global generators.

What a program does that a cell starts, such as `!wget`, is not seen. It may read and write any
file, so it keeps its place among all cells that do.
"""

from __future__ import annotations

import ast
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lifecycle_core.compiling.program import Program

Generator = Literal["random", "numpy", "torch"]
_GENERATORS = ("random", "numpy", "torch")
_MODULES = {"random": "random", "numpy.random": "numpy", "torch": "torch"}
_OWN_STATE = frozenset({
    "BitGenerator", "Generator", "MT19937", "PCG64", "PCG64DXSM", "Philox", "Random",
    "RandomState", "SFC64", "SeedSequence", "SystemRandom", "default_rng", "arange", "as_tensor",
    "cat", "from_numpy", "no_grad", "ones", "stack", "tensor", "zeros",
})  # fmt: skip
"""Functions and classes of those modules that leave the global generator alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """Files and generators by cell; paths are relative to the notebook's folder.

    Attributes:
        reads: Files that a cell read.
        writes: Files that it wrote.
        drawn: Generators that it drew from or seeded.
        programs: Cells that started programs.
    """

    reads: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    writes: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    drawn: Mapping[int, tuple[Generator, ...]] = field(default_factory=dict)
    programs: frozenset[int] = frozenset()

    def reads_of(self, cells: Iterable[int]) -> tuple[str, ...]:
        """Return what some cells read."""
        return _together(self.reads, cells)

    def writes_of(self, cells: Iterable[int]) -> tuple[str, ...]:
        """Return what some cells wrote."""
        return _together(self.writes, cells)

    def generators_of(self, cells: Iterable[int]) -> tuple[Generator, ...]:
        """Return which generators some cells moved."""
        found = [each for cell in cells for each in self.drawn.get(cell, ())]
        return tuple(dict.fromkeys(found))

    def after(self, groups: Sequence[tuple[int, ...]]) -> tuple[tuple[int, ...], ...]:
        """Return for each group the earlier groups that must have run, on account of all this."""
        found: list[tuple[int, ...]] = []
        calling = [not self.programs.isdisjoint(cells) for cells in groups]
        filing = [bool(self.reads_of(cells) or self.writes_of(cells)) for cells in groups]
        for number, cells in enumerate(groups):
            earlier: set[int] = set()
            for generator in self.generators_of(cells):
                moved = [n for n in range(number) if generator in self.generators_of(groups[n])]
                earlier.update(moved[-1:])
            touched = {*self.reads_of(cells), *self.writes_of(cells)}
            for file in touched:
                wrote = [n for n in range(number) if file in self.writes_of(groups[n])]
                earlier.update(wrote[-1:])
                if file in self.writes_of(cells):
                    earlier.update(n for n in range(number) if file in self.reads_of(groups[n]))
            if calling[number]:
                earlier.update(n for n in range(number) if calling[n] or filing[n])
            elif filing[number]:
                earlier.update([n for n in range(number) if calling[n]][-1:])
            found.append(tuple(sorted(earlier)))
        return tuple(found)


def _together(by_cell: Mapping[int, tuple[str, ...]], cells: Iterable[int]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for cell in cells for each in by_cell.get(cell, ())))


def traffic_of(program: Program, folder: str) -> Traffic:
    """Return the traffic of a clean run.

    Args:
        program: The notebook, with what the recorder saw.
        folder: The notebook's folder in the copy that the run took place in.
    """
    facts = program.facts
    reads: dict[int, dict[str, None]] = {}
    writes: dict[int, dict[str, None]] = {}
    for sites, by_cell in ((facts.reads, reads), (facts.writes, writes)):
        for site in sites:
            if site.path:
                relative = os.path.relpath(site.path, folder).replace(os.sep, "/")
                by_cell.setdefault(site.cell, {})[relative] = None
    return Traffic(
        reads={cell: tuple(each) for cell, each in reads.items()},
        writes={cell: tuple(each) for cell, each in writes.items()},
        programs=frozenset(site.cell for site in facts.processes),
        drawn={cell: found for cell in program.code if (found := _moved(program, cell))},
    )


def _moved(program: Program, cell: int) -> tuple[Generator, ...]:
    """Return the generators that a cell moved in the clean run, or moves by its text."""
    seen = program.facts.cells.get(cell)
    found = set(seen.generators) if seen else set()
    for piece in program.code[cell]:
        for node in ast.walk(piece.node):
            if isinstance(node, ast.Call) and (path := program.imported_path(node.func)):
                module, _, name = path.rpartition(".")
                if module in _MODULES and name not in _OWN_STATE:
                    found.add(_MODULES[module])
    return tuple(cast("Generator", one) for one in _GENERATORS if one in found)
