"""What the recorder saw of one clean run: plain values, by cell of the source notebook."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Something that happened while a cell ran.

    Attributes:
        cell: Index of the running cell in the source; -1 before the first.
        line: Line of the cell's source that led to it, from 1; None if no line of it did.
        what: In words of the code, such as `numpy.random.default_rng` or `connect 127.0.0.1:80`.
        path: The file it was about, or empty.
        library: The top-level package that asked for it; empty if the cell or project code did.
    """

    cell: int
    line: int | None = None
    what: str = ""
    path: str = ""
    library: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A variable after a cell.

    Attributes:
        digest: Text that is equal for equal values; None if the value has none.
        type: Qualified name of its type.
        note: Why there is no digest, or of what it was taken.
    """

    type: str
    digest: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFacts:
    """What one cell did to the namespace and to the global generators.

    Attributes:
        variables: By name: those the cell defined or changed.
        deleted: Names it removed.
        aliases: Groups of names, among all variables, that were the same mutable object after it.
        generators: By library, such as `random` or `numpy`, whose global generator the cell moved:
            digests of the generator's states before and after it.
        seconds: What recording this cell cost.
    """

    variables: Mapping[str, Variable] = field(default_factory=dict)
    deleted: tuple[str, ...] = ()
    aliases: tuple[tuple[str, ...], ...] = ()
    generators: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that was seen of a run. What is not listed was not observed, which is not "none".

    Attributes:
        cells: By index; only cells that ended.
        reads: Files of the project opened for reading, in order; `path` is absolute, in the copy.
        writes: Files of the project opened for writing, created, renamed or removed.
        refused: Files outside project, environment and system that were asked for and refused.
        absent: Folders of the project in which files were searched and that are not there.
        random: Unseeded generators made, and draws from a global generator nobody had seeded.
        clock: Calls of a clock by the notebook's own code; `what` names the function.
        network: Connections and name look-ups.
        processes: Programs started.
        threads: Threads started by the notebook's own code.
        warnings: `what` is category and text.
        modules: Names of the modules imported, with their dots.
        beyond: By kind, such as `reads`: the cells that did more of it than is told of one cell.
        cut_in: Index of the cell in which the run had told more than is ever read, so that of it
            and of what came later only a part is known; None if all was read.
    """

    cells: Mapping[int, CellFacts] = field(default_factory=dict)
    reads: tuple[Site, ...] = ()
    writes: tuple[Site, ...] = ()
    refused: tuple[Site, ...] = ()
    absent: tuple[Site, ...] = ()
    random: tuple[Site, ...] = ()
    clock: tuple[Site, ...] = ()
    network: tuple[Site, ...] = ()
    processes: tuple[Site, ...] = ()
    threads: tuple[Site, ...] = ()
    warnings: tuple[Site, ...] = ()
    modules: frozenset[str] = frozenset()
    beyond: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    cut_in: int | None = None
