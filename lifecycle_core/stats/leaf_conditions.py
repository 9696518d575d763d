"""What the leaves of trees ask about a row, and bundles of leaves that ask the same things.

A leaf by itself asks whether values lie in intervals, one for each column on its way. Leaves of one
tree ask the same questions and want other answers: so a bundle of them has the tree's questions as
its conditions, and each leaf the answers that it wants.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lifecycle_core.stats.shapley import TreeGame, in_tables, stacked

MOST = 8
"""Conditions of a bundle: each more doubles its table and the time to fill it."""
_EDGES = 100_000
"""Of a game whose leaves are bundled, at most: that looks at each."""


@dataclass(frozen=True, slots=True, eq=False)
class Conditions:
    """Questions about one column each.

    Attributes:
        column: Whose value is asked for.
        least: The smallest value that holds; NaN if none does.
        most: The largest.
        missing: Whether a missing value holds.
        members: Positions of those that ask about categories.
        table: Which categories hold for these, shape (members, CATEGORIES).
    """

    column: NDArray[np.int64]
    least: NDArray[np.float64]
    most: NDArray[np.float64]
    missing: NDArray[np.bool_]
    members: NDArray[np.int64]
    table: NDArray[np.bool_]

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

    def taken(self, at: NDArray[np.int64]) -> Conditions:
        """Return those at some positions, in the order of these."""
        place = np.full(len(self.column), -1)
        place[self.members] = np.arange(len(self.members))
        row = place[at]
        members = np.flatnonzero(row >= 0)
        return Conditions(
            column=self.column[at],
            least=self.least[at],
            most=self.most[at],
            missing=self.missing[at],
            members=members,
            table=self.table[row[members]],
        )

    def beside(self, others: Conditions) -> Conditions:
        """Return these and others behind them."""
        return Conditions(
            column=np.concatenate([self.column, others.column]),
            least=np.concatenate([self.least, others.least]),
            most=np.concatenate([self.most, others.most]),
            missing=np.concatenate([self.missing, others.missing]),
            members=np.concatenate([self.members, others.members + len(self.column)]),
            table=np.concatenate([self.table, others.table]),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What a game's leaves ask.

    Attributes:
        bundle: For each leaf its bundle, in ascending order.
        conditions: Of all bundles, in the order of these.
        counts: How many each bundle has.
        places: For each condition its position in its bundle.
        bits: What slots want, in the order of slots: position of the condition in its bundle.
        wanted: And whether it shall hold.
        begins: Where what each slot wants begins.
    """

    bundle: NDArray[np.int64]
    conditions: Conditions
    counts: NDArray[np.int64]
    places: NDArray[np.int64]
    bits: NDArray[np.int64]
    wanted: NDArray[np.bool_]
    begins: NDArray[np.int64]

    def held(self, number: int) -> NDArray[np.bool_]:
        """Return which slots get what they want where each bundle has the pattern of a number."""
        as_wanted = ((number >> self.bits) & 1 > 0) == self.wanted
        held: NDArray[np.bool_] = np.logical_and.reduceat(as_wanted, self.begins)
        return held


def asked_by(game: TreeGame, *, room: int) -> Asked:
    """Bundle leaves, and return what they ask.

    Args:
        game: Each of its leaves asks for something, and alone for at most `MOST` intervals.
        room: Numbers that the tables of all bundles may have; else no leaf shares one.
    """
    intervals, slot = joined(game)
    nodes, node = _nodes(game)
    edge_slot, slot_leaf = game.edge_slot(), game.slot_leaf()
    bundle = _bundled(node, slot_leaf[edge_slot], leaves=len(game.leaf_start))
    if (1 << MOST) * len(np.unique(bundle[slot_leaf] * game.players + game.slot_player)) > room:
        bundle = np.arange(len(game.leaf_start))
    alone = np.bincount(bundle)[bundle] == 1
    by_interval, by_node = alone[slot_leaf[slot]], ~alone[slot_leaf[edge_slot]]

    # One condition for each interval of a leaf alone, and for each question of a bundle.
    first_node = len(intervals.column)
    kind = np.concatenate([np.flatnonzero(by_interval), first_node + node[by_node]])
    whose = np.concatenate([slot[by_interval], edge_slot[by_node]])
    wanted = np.concatenate([np.ones(int(by_interval.sum()), bool), game.edges.up_to[by_node]])
    kinds = first_node + len(nodes.column)
    pairs, condition = np.unique(bundle[slot_leaf[whose]] * kinds + kind, return_inverse=True)
    counts = np.bincount(pairs // kinds)
    places = np.arange(len(pairs)) - np.repeat(np.cumsum(counts) - counts, counts)
    order = np.argsort(whose, kind="stable")
    return Asked(
        bundle=bundle,
        conditions=intervals.beside(nodes).taken(pairs % kinds),
        counts=counts,
        places=places,
        bits=places[condition[order]],
        wanted=wanted[order],
        begins=np.flatnonzero(np.diff(whose[order], prepend=-1)),
    )


def joined(game: TreeGame) -> tuple[Conditions, NDArray[np.int64]]:
    """Return what each slot asks about each of its columns, as one condition, and whose that is.

    Args:
        game: The trees.

    Returns:
        Conditions that hold if all edges of the slot that ask about the column do, and for each
        its slot, in ascending order.
    """
    edges = game.edges
    slot = game.edge_slot()
    order = np.lexsort((edges.column, slot))
    slot, column = slot[order], edges.column[order]
    first = np.flatnonzero((np.diff(slot, prepend=-1) != 0) | (np.diff(column, prepend=-1) != 0))
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
    found = Conditions(
        column=column[first],
        least=np.maximum.reduceat(least, first),
        most=np.minimum.reduceat(most, first),
        missing=np.logical_and.reduceat(edges.missing[order], first),
        members=members,
        table=stacked([tables[int(at)] for at in members]),
    )
    return found, slot[first]


def _nodes(game: TreeGame) -> tuple[Conditions, NDArray[np.int64]]:
    """Return the different questions of all edges, and for each edge which one it asks."""
    edges = game.edges
    tables: dict[bytes, int] = {}
    asks, number = np.zeros(len(edges.column), bool), edges.threshold.copy()
    for at, table in edges.members.items():
        asks[at], number[at] = True, tables.setdefault(table.tobytes(), len(tables))
    missing = edges.missing == edges.up_to  # of whoever says yes
    keys = np.stack([edges.column, number, asks, missing], axis=1).astype(np.float64)
    _, first, node = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    members = np.flatnonzero(asks[first])
    found = Conditions(
        column=edges.column[first],
        least=np.full(len(first), -np.inf),
        most=np.where(asks[first], np.inf, edges.threshold[first]),
        missing=missing[first],
        members=members,
        table=stacked([edges.members[int(at)] for at in first[members]]),
    )
    return found, node.ravel()


def _bundled(node: NDArray[np.int64], leaf: NDArray[np.int64], *, leaves: int) -> NDArray[np.int64]:
    """Return for each leaf its bundle: neighbours, as long as they ask few different questions."""
    if len(node) > _EDGES:
        return np.arange(leaves)
    asked: list[set[int]] = [set() for _ in range(leaves)]
    for one, where in zip(node.tolist(), leaf.tolist(), strict=True):
        asked[where].add(one)
    bundle, number, together = np.empty(leaves, dtype=np.int64), -1, set[int]()
    for at, own in enumerate(asked):
        if number >= 0 and len(together | own) <= MOST:
            together |= own
        else:
            number, together = number + 1, set(own)
        bundle[at] = number
    return bundle
