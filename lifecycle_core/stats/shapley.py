"""Shapley values: a score's distance from its baseline, shared out fairly among those who made it.

*Trees.* A leaf is reached if all conditions on its path hold. A player who takes part settles its
own conditions (1 or 0); for one who does not, the share of the training data that went that way
stands in (Lundberg et al. 2020, path-dependent). So the leaf's value to a set of players is a
product with one factor a player, and its Shapley values are integrals over t from 0 to 1 of the
other players' factors, each mixed at t (Owen 1972). The integrand is a polynomial, which Gauss and
Legendre's rule integrates exactly: no subsets are walked, and nothing is sampled.

*Anything else.* Players join in random orders, each order also backwards; what the score moves by
when one joins is its effect in that order (Castro, Gómez and Tejada 2009; Mitchell et al. 2022).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

CATEGORIES = 256
"""Of a column that trees split by category, at most."""


class Edges(NamedTuple):
    """The conditions on the ways to all leaves, in the order of leaf and player.

    Attributes:
        column: Whose value is asked for, shape (edges,).
        threshold: A value up to it holds, or one above it; NaN where `members` decides.
        up_to: Which of the two.
        missing: Whether a missing value holds.
        members: For some edges, by position, which numbers hold; shape (CATEGORIES,) each.
    """

    column: NDArray[np.int64]
    threshold: NDArray[np.float64]
    up_to: NDArray[np.bool_]
    missing: NDArray[np.bool_]
    members: dict[int, NDArray[np.bool_]]


@dataclass(frozen=True, slots=True, eq=False)
class TreeGame:
    """Trees as a game between players who own columns.

    A slot is one player's part in one leaf.

    Attributes:
        edges: The conditions.
        slot_start: Where the conditions of each slot begin, shape (slots,).
        slot_player: Whose it is.
        slot_share: Share of the data that went the slot's way, in (0, 1].
        leaf_start: Where the slots of each leaf begin, shape (leaves,).
        leaf_value: What the leaf adds to the score.
        players: How many there are.
        expected: The score if nobody takes part.
    """

    edges: Edges
    slot_start: NDArray[np.int64]
    slot_player: NDArray[np.int64]
    slot_share: NDArray[np.float64]
    leaf_start: NDArray[np.int64]
    leaf_value: NDArray[np.float64]
    players: int
    expected: float

    def of_leaves(self, kept: NDArray[np.bool_]) -> TreeGame:
        """Return the part of the game that some leaves are.

        Args:
            kept: Which, shape (leaves,).

        Returns:
            Their game; its `expected` stays that of all leaves.
        """
        slots = np.repeat(kept, self.slots_of_leaves())
        conditions = np.repeat(slots, self.edges_of_slots())
        moved = np.cumsum(conditions) - 1
        edges = self.edges
        return TreeGame(
            edges=Edges(
                column=edges.column[conditions],
                threshold=edges.threshold[conditions],
                up_to=edges.up_to[conditions],
                missing=edges.missing[conditions],
                members={
                    int(moved[at]): table for at, table in edges.members.items() if conditions[at]
                },
            ),
            slot_start=moved[self.slot_start[slots]],
            slot_player=self.slot_player[slots],
            slot_share=self.slot_share[slots],
            leaf_start=(np.cumsum(slots) - 1)[self.leaf_start[kept]],
            leaf_value=self.leaf_value[kept],
            players=self.players,
            expected=self.expected,
        )

    def slots_of_leaves(self) -> NDArray[np.int64]:
        """Return how many slots each leaf has, shape (leaves,)."""
        return np.diff(np.append(self.leaf_start, len(self.slot_start)))

    def edges_of_slots(self) -> NDArray[np.int64]:
        """Return how many conditions each slot has, shape (slots,)."""
        return np.diff(np.append(self.slot_start, len(self.edges.column)))

    def slot_leaf(self) -> NDArray[np.int64]:
        """Return the leaf of each slot, shape (slots,)."""
        return np.repeat(np.arange(len(self.leaf_start)), self.slots_of_leaves())

    def edge_slot(self) -> NDArray[np.int64]:
        """Return the slot of each condition, shape (edges,)."""
        return np.repeat(np.arange(len(self.slot_start)), self.edges_of_slots())


@dataclass(frozen=True, slots=True, eq=False)
class Quadrature:
    """Computes what leaves add to Shapley values, all that can be known before a row being known.

    Attributes:
        game: The trees; at least one leaf.
        weights: Of the points in time between 0 and 1 of Gauss and Legendre's rule; they sum to 1.
        leaf: For each slot its leaf.
        value: And what that adds to the score.
        absent: The factor of a player whose conditions do not hold, shape (times, slots): what one
            who takes part adds is nothing then.
        present: And of one whose conditions hold.
        member_edges: Positions of the conditions that ask about categories.
        member_table: For each of them which numbers hold.
    """

    game: TreeGame
    weights: NDArray[np.float64]
    leaf: NDArray[np.int64]
    value: NDArray[np.float64]
    absent: NDArray[np.float64]
    present: NDArray[np.float64]
    member_edges: NDArray[np.int64]
    member_table: NDArray[np.bool_]

    @classmethod
    def of(cls, game: TreeGame) -> Quadrature:
        """Prepare for the rows of a game."""
        slots = game.slots_of_leaves()
        nodes, weights = np.polynomial.legendre.leggauss(
            max(1, (int(slots.max(initial=1)) + 1) // 2)
        )
        edges = game.edges
        at = np.array(sorted(edges.members), dtype=np.int64)
        table = stacked([edges.members[int(edge)] for edge in at])
        leaf = game.slot_leaf()
        time = (nodes[:, None] + 1.0) / 2.0
        absent = game.slot_share * (1.0 - time)
        return cls(
            game=game,
            weights=weights / 2.0,
            leaf=leaf,
            value=game.leaf_value[leaf],
            absent=absent,
            present=absent + time,
            member_edges=at,
            member_table=table,
        )

    def __call__(self, row: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what the leaves add to each player's Shapley value, shape (players,).

        Args:
            row: Encoded values, shape (columns,).
        """
        game = self.game
        held = np.logical_and.reduceat(self._held(row), game.slot_start)
        return sums(game.slot_player, self.effects(held), count=game.players)

    def effects(self, held: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return what each slot adds to its player's Shapley value, shape (slots,).

        Args:
            held: Whether the conditions of each slot hold, shape (slots,).
        """
        factors = np.where(held, self.present, self.absent)
        leaves = np.multiply.reduceat(factors, self.game.leaf_start, axis=1)
        others = np.take(leaves, self.leaf, axis=1) / factors
        effects: NDArray[np.float64] = (
            (held - self.game.slot_share) * self.value * (self.weights @ others)
        )
        return effects

    def _held(self, row: NDArray[np.float64]) -> NDArray[np.bool_]:
        edges = self.game.edges
        values = row[edges.column]
        below = values <= edges.threshold
        if len(self.member_edges):
            below[self.member_edges] = in_tables(self.member_table, values[self.member_edges])
        held: NDArray[np.bool_] = np.where(np.isnan(values), edges.missing, below == edges.up_to)
        return held


def stacked(tables: list[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """Return tables of categories as one array, shape (tables, CATEGORIES), also of none.

    Example:
        >>> stacked([]).shape
        (0, 256)
    """
    return np.array(tables, dtype=bool).reshape(len(tables), CATEGORIES)


def in_tables(tables: NDArray[np.bool_], values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return whether each category holds; one which no tree knows is taken for the first.

    Args:
        tables: Which numbers hold, shape (values, CATEGORIES).
        values: A category for each row of `tables`.

    Example:
        >>> tables = np.zeros((2, CATEGORIES), dtype=bool)
        >>> tables[:, 3] = True
        >>> in_tables(tables, np.array([3.0, 4.0])).tolist()
        [True, False]
    """
    known = np.where((values >= 0) & (values < CATEGORIES), values, 0).astype(np.int64)
    held: NDArray[np.bool_] = tables[np.arange(len(known)), known]
    return held


def sums(
    owner: NDArray[np.int64], values: NDArray[np.float64], *, count: int
) -> NDArray[np.float64]:
    """Return the sum of each owner's values, shape (count,).

    Example:
        >>> sums(np.array([0, 2, 0]), np.array([1.0, 5.0, 2.0]), count=4).tolist()
        [3.0, 0.0, 5.0, 0.0]
    """
    return np.bincount(owner, weights=values, minlength=count).astype(np.float64, copy=False)


class Orders(NamedTuple):
    """Random orders in which players join, and the sets that have to be scored for them.

    Attributes:
        sets: Who takes part, shape (sets, players); the first row is nobody, the last everybody.
        order: Who joins when, shape (orders, players).
        place: Row of `sets` after so many have joined, shape (orders, players + 1).
    """

    sets: NDArray[np.bool_]
    order: NDArray[np.int64]
    place: NDArray[np.int64]

    def effects(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return each player's effect, averaged over the orders.

        Args:
            scores: Of each set, shape (sets,).

        Returns:
            Shape (players,); they sum to the score of everybody minus that of nobody.
        """
        moves = np.diff(scores[self.place], axis=1)
        players = self.order.shape[1]
        return sums(self.order.ravel(), moves.ravel(), count=players) / len(self.order)


def joining_orders(players: int, *, budget: int, seed: int) -> Orders:
    """Draw orders in pairs, each with its reverse, as many as need at most so many scores.

    Args:
        players: At least 1.
        budget: Scores that one explanation may take; at least one pair of orders is drawn.
        seed: The same one draws the same orders.

    Example:
        >>> orders = joining_orders(3, budget=10, seed=0)
        >>> orders.effects(orders.sets @ [1.0, 2.0, 4.0]).tolist()
        [1.0, 2.0, 4.0]
    """
    generator = np.random.default_rng(seed)
    pairs = max(1, budget // max(1, 2 * (players - 1)))
    drawn = [generator.permutation(players) for _ in range(pairs)]
    order = np.array([each for one in drawn for each in (one, one[::-1])])
    rows: dict[bytes, int] = {}
    sets: list[NDArray[np.bool_]] = []
    place = np.zeros((len(order), players + 1), dtype=np.int64)
    everybody = np.ones(players, dtype=bool)
    for at, one in enumerate(order):
        joined = np.zeros(players, dtype=bool)
        for step in range(players):
            place[at, step] = rows.setdefault(joined.tobytes(), len(rows))
            if len(rows) > len(sets):
                sets.append(joined.copy())
            joined[one[step]] = True
    place[:, players] = len(sets)
    return Orders(np.array([*sets, everybody]), order, place)
