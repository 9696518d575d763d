"""Trees as games: which conditions lead to each leaf, and which factor they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lifecycle_core.stats.shapley import CATEGORIES, Edges, TreeGame

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from lifecycle_core.adapters.converting.trees import Trees

_MISSING, _YES = 2, 1
_NOBODY = 1e-12  # share of a way that no row of the training data went; none may be 0


def game_of(trees: Trees, players: Sequence[int], *, count: int, target: int) -> TreeGame:
    """Return the game that trees play.

    Args:
        trees: As read from an ensemble.
        players: For each column of the array the number of its factor, from 0.
        count: How many factors there are.
        target: Which of the trees' sums is meant.
    """
    nodes = trees.nodes
    column, threshold, code = list[int](), list[float](), list[int]()
    members: dict[int, NDArray[np.bool_]] = {}
    slot_start, slot_player, slot_share = list[int](), list[int](), list[float]()
    leaf_start, leaf_value = list[int](), list[float]()
    expected = 0.0
    for root in trees.roots:
        for leaf, way in _ways(trees, int(root)):
            if nodes.target[leaf] != target:
                break
            value = float(nodes.value[leaf]) / trees.divisor
            shares: dict[int, float] = {}
            conditions: dict[int, list[tuple[int, bool]]] = {}
            for node, yes in way:
                child = nodes.yes[node] if yes else nodes.no[node]
                player = players[int(nodes.column[node])]
                share = max(float(nodes.cover[child] / nodes.cover[node]), _NOBODY)
                shares[player] = shares.get(player, 1.0) * share
                conditions.setdefault(player, []).append((node, yes))
            expected += value * float(np.prod(list(shares.values())))
            if value == 0.0 or not way:
                continue  # nothing to share out
            leaf_start.append(len(slot_start))
            leaf_value.append(value)
            for player, asked in conditions.items():
                slot_start.append(len(column))
                slot_player.append(player)
                slot_share.append(shares[player])
                for node, yes in asked:
                    if node in trees.members:
                        members[len(column)] = _table(trees.members[node], yes=yes)
                    column.append(int(nodes.column[node]))
                    threshold.append(float(nodes.threshold[node]))
                    missing = bool(nodes.missing_yes[node]) == yes
                    code.append(_MISSING * missing + _YES * (yes or node in trees.members))
    codes = np.array(code, dtype=np.int64)
    return TreeGame(
        edges=Edges(
            column=np.array(column, dtype=np.int64),
            threshold=np.array(threshold),
            up_to=(codes & _YES) > 0,
            missing=(codes & _MISSING) > 0,
            members=members,
        ),
        slot_start=np.array(slot_start, dtype=np.int64),
        slot_player=np.array(slot_player, dtype=np.int64),
        slot_share=np.array(slot_share),
        leaf_start=np.array(leaf_start, dtype=np.int64),
        leaf_value=np.array(leaf_value),
        players=count,
        expected=expected + float(trees.base[target]),
    )


def _ways(trees: Trees, root: int) -> Iterator[tuple[int, tuple[tuple[int, bool], ...]]]:
    """Yield each leaf below a node with the nodes on its way and the side taken at each."""
    nodes = trees.nodes
    waiting: list[tuple[int, tuple[tuple[int, bool], ...]]] = [(root, ())]
    while waiting:
        at, way = waiting.pop()
        if nodes.leaf[at]:
            yield at, way
            continue
        waiting.append((int(nodes.no[at]), (*way, (at, False))))
        waiting.append((int(nodes.yes[at]), (*way, (at, True))))


def _table(members: NDArray[np.float64], *, yes: bool) -> NDArray[np.bool_]:
    """Return which categories hold for an edge; the edge's own side is then always `up_to`."""
    table = np.full(CATEGORIES, not yes)
    table[members.astype(np.int64)] = yes
    return table


def pack(game: TreeGame) -> dict[str, Any]:
    """Return a game as arrays that a file can hold without any code."""
    edges = game.edges
    at = sorted(edges.members)
    return {
        "column": edges.column,
        "threshold": edges.threshold,
        "up_to": edges.up_to,
        "missing": edges.missing,
        "member_edges": np.array(at, dtype=np.int64),
        "member_tables": np.array([edges.members[each] for each in at], dtype=bool).reshape(
            len(at), CATEGORIES
        ),
        "slot_start": game.slot_start,
        "slot_player": game.slot_player,
        "slot_share": game.slot_share,
        "leaf_start": game.leaf_start,
        "leaf_value": game.leaf_value,
        "expected": np.array(game.expected),
        "players": np.array(game.players),
    }


def unpack(arrays: Mapping[str, NDArray[Any]]) -> TreeGame:
    """Return the game that `pack` made arrays of."""
    places = arrays["member_edges"]
    return TreeGame(
        edges=Edges(
            column=arrays["column"],
            threshold=arrays["threshold"],
            up_to=arrays["up_to"],
            missing=arrays["missing"],
            members={
                int(at): table for at, table in zip(places, arrays["member_tables"], strict=True)
            },
        ),
        slot_start=arrays["slot_start"],
        slot_player=arrays["slot_player"],
        slot_share=arrays["slot_share"],
        leaf_start=arrays["leaf_start"],
        leaf_value=arrays["leaf_value"],
        players=int(arrays["players"]),
        expected=float(arrays["expected"]),
    )
