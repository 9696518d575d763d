"""Shapley values of small leaves, worked out beforehand for every way in which a row can meet them.

What a leaf adds to the values depends on the row by nothing but which of its conditions hold. One
under c conditions knows 2^c such patterns, and boosted trees have few conditions a leaf: so all
patterns are tabled once, and a row only finds its own (the idea of Yang 2021, "Fast TreeSHAP", for
whole subsets). Neighbours that ask few different things share a table, as all leaves of a small
tree do. Leaves under many conditions are left to quadrature.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lifecycle_core.stats.leaf_conditions import MOST, Conditions, asked_by, joined
from lifecycle_core.stats.shapley import Quadrature, TreeGame, sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NUMBERS = 4_000_000
"""Of all tables together: 32 MB."""


@dataclass(frozen=True, slots=True, eq=False)
class TreeSolver:
    """Computes the Shapley values of one row after another; `of` makes one.

    Attributes:
        players: How many there are.
        slots: Of the trees.
        tables: Leaves with tables; None if there are none.
        others: All other leaves; None if there are none.

    Example:
        A tree that says 2 up to a value of 1, and 4 above; half of its training data went each way.

        >>> from lifecycle_core.stats.shapley import Edges
        >>> no, yes = np.array([False, False]), np.array([True, False])
        >>> both = np.array([0, 1])
        >>> game = TreeGame(
        ...     Edges(column=both * 0, threshold=both * 0 + 1.0, up_to=yes, missing=no, members={}),
        ...     slot_start=both,
        ...     slot_player=both * 0,
        ...     slot_share=np.array([0.5, 0.5]),
        ...     leaf_start=both,
        ...     leaf_value=np.array([2.0, 4.0]),
        ...     players=1,
        ...     expected=3.0,
        ... )
        >>> TreeSolver.of(game)(np.array([0.0])).tolist()
        [-1.0]
    """

    players: int
    slots: int
    tables: LeafTables | None
    others: Quadrature | None

    @classmethod
    def of(cls, game: TreeGame) -> TreeSolver:
        """Prepare for the rows of a game.

        Args:
            game: The trees.
        """
        _, slot = joined(game)
        counts = np.bincount(game.slot_leaf()[slot], minlength=len(game.leaf_start))
        asks = counts > 0  # a leaf that asks nothing adds nothing to anyone
        small = asks & _small(counts, game.slots_of_leaves())
        large = asks & ~small
        return cls(
            players=game.players,
            slots=len(game.slot_start),
            tables=LeafTables.of(game.of_leaves(small)) if small.any() else None,
            others=Quadrature.of(game.of_leaves(large)) if large.any() else None,
        )

    def __call__(self, row: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return each player's Shapley value.

        Args:
            row: Encoded values, shape (columns,).

        Returns:
            Shape (players,); together with the game's `expected` they sum to the trees' score.
        """
        values = np.zeros(self.players)
        for part in (self.tables, self.others):
            if part is not None:
                values += part(row)
        return values


@dataclass(frozen=True, slots=True, eq=False)
class LeafTables:
    """What bundles of leaves add to Shapley values, by the pattern of their conditions.

    Attributes:
        conditions: Of all bundles.
        bit: For each condition what it adds to the number of its bundle's pattern.
        first: For each bundle its first condition.
        part_bundle: For each part, which is what a player has of a bundle, the bundle.
        part_start: Where it stands in the tables for the bundle's first pattern.
        part_step: How far it is from there to the next pattern.
        part_player: Whose it is.
        effects: The tables.
        players: How many there are.
    """

    conditions: Conditions
    bit: NDArray[np.int64]
    first: NDArray[np.int64]
    part_bundle: NDArray[np.int64]
    part_start: NDArray[np.int64]
    part_step: NDArray[np.int64]
    part_player: NDArray[np.int64]
    effects: NDArray[np.float64]
    players: int

    @classmethod
    def of(cls, game: TreeGame) -> LeafTables:
        """Fill the tables of a game whose leaves all ask for something, and for little."""
        asked = asked_by(game, room=_NUMBERS)
        patterns = 1 << asked.counts
        slot_bundle = asked.bundle[game.slot_leaf()]
        parts, part = np.unique(slot_bundle * game.players + game.slot_player, return_inverse=True)
        part_bundle, part_player = np.divmod(parts, game.players)
        width = np.bincount(part_bundle)
        start = np.cumsum(patterns * width) - patterns * width
        part_start = (
            start[part_bundle] + np.arange(len(parts)) - (np.cumsum(width) - width)[part_bundle]
        )
        part_step = width[part_bundle]
        effects = np.empty(int((patterns * width).sum()))
        exact = Quadrature.of(game)
        for number in range(int(patterns.max())):
            added = sums(part, exact.effects(asked.held(number)), count=len(parts))
            there = patterns[part_bundle] > number
            effects[(part_start + number * part_step)[there]] = added[there]
        return cls(
            conditions=asked.conditions,
            bit=1 << asked.places,
            first=np.cumsum(asked.counts) - asked.counts,
            part_bundle=part_bundle,
            part_start=part_start,
            part_step=part_step,
            part_player=part_player,
            effects=effects,
            players=game.players,
        )

    def __call__(self, row: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what the leaves add to each player's Shapley value, shape (players,).

        Args:
            row: Encoded values, shape (columns,).
        """
        pattern = np.add.reduceat(self.bit * self.conditions.held(row), self.first)
        at = pattern.take(self.part_bundle) * self.part_step + self.part_start
        return sums(self.part_player, self.effects.take(at), count=self.players)


def _small(conditions: NDArray[np.int64], slots: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Choose the leaves that get tables: all up to as many conditions as there is room for."""
    numbers = np.bincount(conditions, weights=np.exp2(conditions) * slots)
    fits = np.flatnonzero(np.cumsum(numbers) <= _NUMBERS)
    return conditions <= min(MOST, int(fits.max(initial=0)))
