"""Shapley values of small leaves, worked out beforehand for every way in which a row can meet them.

What a leaf adds to the values depends on the row by nothing but which of its conditions hold. One
under c conditions knows 2^c such patterns, and boosted trees have few conditions a leaf: so all
patterns are tabled once, and a row only finds its own (the idea of Yang 2021, "Fast TreeSHAP", for
whole subsets). Leaves under many conditions are left to quadrature.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lifecycle_core.stats.shapley import (
    CATEGORIES,
    Quadrature,
    TreeGame,
    in_tables,
    sums,
)

_CONDITIONS = 8
"""Of a leaf with a table, at most: each more doubles the table and the time to fill it."""
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
        conditions = _Conditions.of(game)
        small = _small(conditions.counts(game), game.slots_of_leaves())
        return cls(
            players=game.players,
            slots=len(game.slot_start),
            tables=LeafTables.of(game.of_leaves(small)) if small.any() else None,
            others=None if small.all() else Quadrature.of(game.of_leaves(~small)),
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
    """What leaves add to Shapley values, by the pattern of their conditions.

    Attributes:
        conditions: Of all leaves.
        bit: For each condition what it adds to the number of its leaf's pattern.
        leaf: For each condition its leaf.
        start: For each leaf where its table begins.
        width: And how many slots each pattern has.
        slot_leaf: For each slot its leaf.
        slot_at: And its position in the leaf.
        slot_player: And whose it is.
        effects: The tables.
        players: How many there are.
    """

    conditions: _Conditions
    bit: NDArray[np.float64]
    leaf: NDArray[np.int64]
    start: NDArray[np.int64]
    width: NDArray[np.int64]
    slot_leaf: NDArray[np.int64]
    slot_at: NDArray[np.int64]
    slot_player: NDArray[np.int64]
    effects: NDArray[np.float64]
    players: int

    @classmethod
    def of(cls, game: TreeGame) -> LeafTables:
        """Fill the tables of a game whose leaves are all small; at least one."""
        conditions = _Conditions.of(game)
        counts, width = conditions.counts(game), game.slots_of_leaves()
        patterns = 1 << counts
        ends = np.cumsum(patterns * width)
        start = ends - patterns * width
        slot_leaf = np.repeat(np.arange(len(width)), width)
        slot_at = np.arange(len(slot_leaf)) - game.leaf_start[slot_leaf]
        leaf = np.repeat(np.arange(len(counts)), counts)
        power = np.arange(len(leaf)) - (np.cumsum(counts) - counts)[leaf]
        begins = np.flatnonzero(np.diff(conditions.slot, prepend=-1))
        exact = Quadrature.of(game)
        effects = np.empty(int(ends[-1]))
        for number in range(int(patterns.max())):
            held = np.logical_and.reduceat((number >> power) & 1 > 0, begins)
            there = patterns[slot_leaf] > number
            at = (start + number * width)[slot_leaf] + slot_at
            effects[at[there]] = exact.effects(held)[there]
        return cls(
            conditions=conditions,
            bit=np.exp2(power),
            leaf=leaf,
            start=start,
            width=width,
            slot_leaf=slot_leaf,
            slot_at=slot_at,
            slot_player=game.slot_player,
            effects=effects,
            players=game.players,
        )

    def __call__(self, row: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what the leaves add to each player's Shapley value, shape (players,).

        Args:
            row: Encoded values, shape (columns,).
        """
        bits = self.bit * self.conditions.held(row)
        pattern = sums(self.leaf, bits, count=len(self.start)).astype(np.int64)
        at = (self.start + pattern * self.width).take(self.slot_leaf) + self.slot_at
        return sums(self.slot_player, self.effects.take(at), count=self.players)


@dataclass(frozen=True, slots=True, eq=False)
class _Conditions:
    """What slots ask about one column each: the edges of a way that ask about it, as one.

    Attributes:
        slot: Whose condition it is, in ascending order.
        column: Whose value is asked for.
        least: The smallest value that holds; NaN if none does.
        most: The largest.
        missing: Whether a missing value holds.
        members: Positions of those that ask about categories.
        table: Which categories hold for these, shape (members, CATEGORIES).
    """

    slot: NDArray[np.int64]
    column: NDArray[np.int64]
    least: NDArray[np.float64]
    most: NDArray[np.float64]
    missing: NDArray[np.bool_]
    members: NDArray[np.int64]
    table: NDArray[np.bool_]

    @classmethod
    def of(cls, game: TreeGame) -> _Conditions:
        """Join the edges of a game."""
        edges = game.edges
        slot = np.repeat(np.arange(len(game.slot_start)), game.edges_of_slots())
        order = np.lexsort((edges.column, slot))
        slot, column = slot[order], edges.column[order]
        first = np.flatnonzero(
            (np.diff(slot, prepend=-1) != 0) | (np.diff(column, prepend=-1) != 0)
        )
        threshold, up_to = edges.threshold[order], edges.up_to[order]
        asks = np.isin(order, list(edges.members))
        above = np.nextafter(threshold, np.inf)
        above[np.isposinf(threshold)] = np.nan
        least = np.where(up_to | asks, -np.inf, above)
        most = np.where(up_to & ~asks, threshold, np.inf)
        condition = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(order))))
        members, tables = np.unique(condition[asks]), dict[int, NDArray[np.bool_]]()
        for at in np.flatnonzero(asks):
            held = edges.members[int(order[at])] == up_to[at]
            tables[int(condition[at])] = tables.get(int(condition[at]), np.bool_(True)) & held  # noqa: FBT003 - numpy's
        return cls(
            slot=slot[first],
            column=column[first],
            least=np.maximum.reduceat(least, first),
            most=np.minimum.reduceat(most, first),
            missing=np.logical_and.reduceat(edges.missing[order], first),
            members=members,
            table=np.array([tables[int(at)] for at in members], dtype=bool).reshape(
                len(members), CATEGORIES
            ),
        )

    def counts(self, game: TreeGame) -> NDArray[np.int64]:
        """Return how many each leaf has, shape (leaves,)."""
        leaf = np.repeat(np.arange(len(game.leaf_start)), game.slots_of_leaves())
        return np.bincount(leaf[self.slot], minlength=len(game.leaf_start))

    def held(self, row: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which hold for a row of shape (columns,)."""
        values = row.take(self.column)
        held: NDArray[np.bool_] = (values >= self.least) & (values <= self.most)
        if len(self.members):
            held[self.members] = in_tables(self.table, values.take(self.members))
        missing = np.isnan(row)
        if missing.any():
            held = np.where(missing.take(self.column), self.missing, held)
        return held


def _small(conditions: NDArray[np.int64], slots: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Choose the leaves that get tables: all up to as many conditions as there is room for."""
    numbers = np.bincount(conditions, weights=np.exp2(conditions) * slots)
    fits = np.flatnonzero(np.cumsum(numbers) <= _NUMBERS)
    return conditions <= min(_CONDITIONS, int(fits.max(initial=0)))
