"""What one cell does with names, as far as its text tells: the records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

RANDOM = "<random state>"
SETTINGS = "<settings>"
FILES = "<files>"
"""State outside the namespace that cells pass to each other, named like a variable; no identifier
can have such a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A name that a cell needs from elsewhere.

    Attributes:
        name: The variable.
        line: Line in the cell, from 1.
        column: Column in that line, from 1.
        deferred: Not needed when the cell runs but when a function, lambda or method is called.
        within: For a deferred use, the outermost function, class or variable that holds the code;
            empty if it has no name.
        certain: Every run of the cell, or of the function, comes by; not so in a branch.
        guarded: The code is prepared for its absence: `try ... except NameError`, or
            `if "name" in globals()`.
    """

    name: str
    line: int
    column: int
    deferred: bool = False
    within: str = ""
    certain: bool = True
    guarded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A name bound by an import, or a module imported with a star.

    Attributes:
        module: As written, with its leading dots.
        name: What is taken from the module; None for `import module`, `*` for all of it.
        alias: The variable that is bound; empty for a star.
        line: Line in the cell, from 1.
        guarded: Stands in a `try` that is prepared for its absence.
        deferred: Stands in a function.
        certain: Not in a branch.
    """

    module: str
    name: str | None
    alias: str
    line: int
    guarded: bool = False
    deferred: bool = False
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What one code cell defines, needs and changes.

    Attributes:
        index: Among all cells of the file, from 0.
        defines: Names that are bound once the cell has run, with the first line that binds them.
        maybe: Names that only a branch, a loop or a called function binds, likewise.
        uses: Names that must come from elsewhere, in order; those of builtins are among them.
        deletes: Names it removes, with the line.
        mutates: Names whose object it surely changes in place.
        may_mutate: Names whose object it may change: methods called, arguments handed over. Holds
            `RANDOM`, `SETTINGS`, `FILES` where such state may change.
        mentions: Names in the text of magics, and such state where it may be read.
        imports: All imports.
        shares: Pairs of names that may stand for one object after the cell, or for one that holds
            the other.
        made_from: For a name, those that its value was made from.
        opaque: Why nothing certain can be said about which names exist once the cell has run, such
            as `exec`; empty if all can.
        needs_all: It may look at any name: `globals()`, `Out[3]`, `%who`.
        shell: Shell commands, with their lines.
    """

    index: int
    defines: Mapping[str, int] = field(default_factory=dict)
    maybe: Mapping[str, int] = field(default_factory=dict)
    uses: tuple[Use, ...] = ()
    deletes: Mapping[str, int] = field(default_factory=dict)
    mutates: frozenset[str] = frozenset()
    may_mutate: frozenset[str] = frozenset()
    mentions: frozenset[str] = frozenset()
    imports: tuple[Import, ...] = ()
    shares: frozenset[tuple[str, str]] = frozenset()
    made_from: Mapping[str, frozenset[str]] = field(default_factory=dict)
    opaque: str = ""
    needs_all: bool = False
    shell: tuple[tuple[str, int], ...] = ()

    def binds(self, name: str) -> bool:
        """Tell whether the cell binds a name, at least on some way through it."""
        return name in self.defines or name in self.maybe
