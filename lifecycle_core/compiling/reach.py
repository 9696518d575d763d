"""What a piece reaches: the variables it needs and binds, also through the functions it calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifecycle_core.compiling.text_names import named_in_texts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from lifecycle_core.compiling.pieces import Piece
    from lifecycle_core.compiling.roles import Roles


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Variables that running a piece needs, binds and changes; imports and the like are left out.

    Attributes:
        uses: Needed from before, in order.
        defines: Bound for sure.
        maybe: Bound on some way through it, or by a function that declares them `global`.
        mutates: Changed in place for sure.
        deletes: Removed.
        local: Functions that have to be written into the step, those they call first.
    """

    uses: tuple[str, ...] = ()
    defines: frozenset[str] = frozenset()
    maybe: frozenset[str] = frozenset()
    mutates: frozenset[str] = frozenset()
    deletes: frozenset[str] = frozenset()
    local: tuple[str, ...] = ()

    @property
    def touched(self) -> frozenset[str]:
        """Every variable that the piece names, itself or through functions."""
        return frozenset(self.uses) | self.defines | self.maybe | self.mutates | self.deletes


def reach_of(piece: Piece, roles: Roles, known: Collection[str]) -> Reach:
    """Return what a piece reaches.

    Args:
        piece: A piece of code.
        roles: Which names stand outside of steps, and which functions read variables.
        known: The names that the notebook binds anywhere; others are builtins or unknown.
    """
    uses: dict[str, None] = {}
    maybe: set[str] = set(piece.flow.maybe)
    mutates: set[str] = set(piece.flow.mutates)
    local: dict[str, None] = {}

    def follow(name: str) -> None:
        if name in roles.outside or name not in known or name in local:
            return
        function = roles.local.get(name)
        if function is None:
            uses.setdefault(name)
            return
        local[name] = None
        for inner in _needs(function, known):
            follow(inner)
        maybe.update(each for each in function.flow.maybe if each != name)
        local[name] = local.pop(name)  # after those it calls

    own = roles.local.get(piece.binds[0]) if piece.binds else None
    if own is not piece:
        for name in _needs(piece, known):
            follow(name)
    return Reach(
        uses=tuple(uses),
        defines=frozenset(piece.flow.defines) if own is not piece else frozenset(),
        maybe=frozenset(maybe) if own is not piece else frozenset(),
        mutates=frozenset(mutates - roles.outside.keys() - roles.local.keys()) & frozenset(known),
        deletes=frozenset(piece.flow.deletes),
        local=tuple(local),
    )


def _needs(piece: Piece, known: Collection[str]) -> Iterator[str]:
    for use in piece.flow.uses:
        yield use.name
    yield from named_in_texts(piece.node, known)
