from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.tree import DecisionTreeRegressor
from threadpoolctl import threadpool_limits

from lifecycle_core.adapters.converting import trees_of
from lifecycle_core.adapters.explaining.games import game_of, pack, unpack
from lifecycle_core.stats.leaf_tables import TreeSolver
from lifecycle_core.stats.shapley import Quadrature, joining_orders

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifecycle_core.adapters.converting import Trees

COLUMNS = 4


def data() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    generator = np.random.default_rng(3)
    rows = generator.normal(size=(200, COLUMNS)).astype(np.float32).astype(np.float64)
    rows[:, 3] = generator.integers(0, 6, 200)
    return rows, rows[:, 0] * rows[:, 1] + (rows[:, 3] % 2) + generator.normal(size=200) / 4


def worth(trees: Trees, row: np.ndarray[Any, Any], known: set[int]) -> float:
    """Walk every tree; where the column is not known, both ways, weighted by the training data."""
    nodes = trees.nodes

    def walk(at: int) -> float:
        if nodes.leaf[at]:
            return float(nodes.value[at])
        yes, no, column = int(nodes.yes[at]), int(nodes.no[at]), int(nodes.column[at])
        if column in known:
            value = row[column]
            if np.isnan(value):
                goes = bool(nodes.missing_yes[at])
            elif at in trees.members:
                goes = value in trees.members[at]
            else:
                goes = bool(value <= nodes.threshold[at])
            return walk(yes if goes else no)
        left, right = nodes.cover[yes], nodes.cover[no]
        return float((left * walk(yes) + right * walk(no)) / (left + right))

    return sum(walk(int(root)) for root in trees.roots) / trees.divisor + float(trees.base[0])


def brute_force(players: int, value: Callable[[set[int]], float]) -> list[float]:
    """Return Shapley values by their definition, over all sets of players."""
    found = []
    for one in range(players):
        others = [other for other in range(players) if other != one]
        total = 0.0
        for size in range(players):
            weight = 1 / (players * math.comb(players - 1, size))
            for chosen in combinations(others, size):
                total += weight * (value({*chosen, one}) - value(set(chosen)))
        found.append(total)
    return found


MODELS = {
    "one tree": lambda: DecisionTreeRegressor(max_depth=5, random_state=0),
    "forest": lambda: RandomForestClassifier(4, max_depth=5, random_state=0),
    "boosting": lambda: GradientBoostingClassifier(n_estimators=5, random_state=0),
    "histograms": lambda: HistGradientBoostingClassifier(
        max_iter=4, categorical_features=[3], random_state=0
    ),
}


@pytest.mark.parametrize("groups", [(0, 1, 2, 3), (0, 0, 1, 2)])
@pytest.mark.parametrize("kind", MODELS)
def test_values_of_trees_are_those_of_the_definition(kind: str, groups: tuple[int, ...]) -> None:
    rows, target = data()
    if kind in {"forest", "histograms"}:
        rows[::7, 1] = np.nan
    with threadpool_limits(1):
        model = MODELS[kind]().fit(rows, target if kind == "one tree" else target > 0.5)
    trees = trees_of(model)
    if kind == "histograms":  # it numbers the category first
        rows = rows[:, [3, 0, 1, 2]]
    count = max(groups) + 1
    game = game_of(trees, groups, count=count, target=0)
    solver = TreeSolver.of(unpack(pack(game)))
    for row in rows[:8]:

        def value(players: set[int], row: np.ndarray[Any, Any] = row) -> float:
            known = {column for column in range(COLUMNS) if groups[column] in players}
            return worth(trees, row, known)

        effects = solver(row)
        np.testing.assert_allclose(effects, brute_force(count, value), atol=1e-12)
        assert game.expected + effects.sum() == pytest.approx(value(set(range(count))))
        assert game.expected == pytest.approx(value(set()))


@pytest.mark.parametrize("kind", ["one tree", "histograms"])
def test_tables_say_what_quadrature_says(kind: str) -> None:
    generator = np.random.default_rng(1)
    rows = generator.normal(size=(600, 14)).round(2)
    rows[:, 3] = generator.integers(0, 6, 600)
    target = (rows[:, :12] ** 2).sum(axis=1) + (rows[:, 3] % 2)
    if kind == "histograms":
        rows[::7, 1] = np.nan
    with threadpool_limits(1):
        model = (
            DecisionTreeRegressor(max_depth=14, random_state=0).fit(rows, target)
            if kind == "one tree"
            else HistGradientBoostingRegressor(
                max_iter=8, max_leaf_nodes=90, min_samples_leaf=2, categorical_features=[3]
            ).fit(rows, target)
        )
    order = [3, *(at for at in range(14) if at != 3)] if kind == "histograms" else list(range(14))
    game = game_of(trees_of(model), [at // 2 for at in range(14)], count=7, target=0)
    solver, exact = TreeSolver.of(game), Quadrature.of(game)
    assert solver.tables
    assert solver.others
    for row in rows[:40, order]:
        np.testing.assert_allclose(solver(row), exact(row), atol=1e-10)


def test_a_tree_of_one_leaf_explains_nothing() -> None:
    trees = trees_of(DecisionTreeRegressor().fit([[1.0], [2.0]], [3.0, 3.0]))
    game = game_of(trees, [0], count=1, target=0)
    assert game.expected == 3.0
    assert TreeSolver.of(game)(np.array([1.0])).tolist() == [0.0]


def test_orders_share_out_everything_and_are_drawn_alike() -> None:
    orders = joining_orders(4, budget=60, seed=5)
    generator = np.random.default_rng(0)
    scores = generator.normal(size=len(orders.sets))
    assert not orders.sets[0].any()
    assert orders.sets[-1].all()
    assert orders.effects(scores).sum() == pytest.approx(scores[-1] - scores[0])
    again = joining_orders(4, budget=60, seed=5)
    np.testing.assert_array_equal(orders.sets, again.sets)


def test_enough_orders_come_near_the_definition() -> None:
    worths = {frozenset(some): float(np.random.default_rng(len(some)).normal())
              for size in range(4) for some in combinations(range(3), size)}  # fmt: skip
    orders = joining_orders(3, budget=4000, seed=0)
    scores = [worths[frozenset(np.flatnonzero(each).tolist())] for each in orders.sets]
    wanted = brute_force(3, lambda players: worths[frozenset(players)])
    np.testing.assert_allclose(orders.effects(np.array(scores)), wanted, atol=0.05)
    assert len(orders.sets) <= 2 * 4000


@pytest.mark.parametrize("players", [1, 2])
def test_one_and_two_players(players: int) -> None:
    orders = joining_orders(players, budget=1, seed=0)
    assert orders.effects(orders.sets @ np.arange(1.0, players + 1)).tolist() == [
        float(player) for player in range(1, players + 1)
    ]
