from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingRegressor

from lifecycle_core.adapters.converting import trees_of
from lifecycle_core.adapters.explaining.games import game_of
from lifecycle_core.stats.leaf_conditions import MOST, asked_by
from lifecycle_core.stats.leaf_tables import LeafTables
from lifecycle_core.stats.shapley import Quadrature, TreeGame

ROOM = 4_000_000
GENERATOR = np.random.default_rng(4)
ROWS = GENERATOR.normal(size=(500, 4)).round(1)
ROWS[:, 0] = GENERATOR.integers(0, 7, 500)
TARGET = ROWS[:, 0] % 3 + ROWS[:, 1] * ROWS[:, 2]


def game(kind: str) -> TreeGame:
    """A game of four players, one a column; of histograms some values are missing."""
    if kind == "small":
        model = GradientBoostingRegressor(n_estimators=6, max_depth=3, random_state=0)
        return game_of(trees_of(model.fit(ROWS, TARGET)), range(4), count=4, target=0)
    rows = ROWS.copy()
    rows[::9, 1] = np.nan
    large = HistGradientBoostingRegressor(
        max_iter=3, max_leaf_nodes=120, min_samples_leaf=1, categorical_features=[0]
    )
    return game_of(trees_of(large.fit(rows, TARGET)), range(4), count=4, target=0)


def test_leaves_of_a_small_tree_share_its_questions() -> None:
    trees = game("small")
    asked = asked_by(trees, room=ROOM)
    leaves = np.bincount(asked.bundle)
    assert len(leaves) <= 6
    assert leaves.sum() == len(trees.leaf_start)
    assert asked.counts.max() <= MOST
    assert len(asked.places) < len(trees.slot_start)


def test_each_leaf_has_its_own_where_there_is_no_room() -> None:
    trees = game("small")
    asked = asked_by(trees, room=10)
    assert asked.bundle.tolist() == list(range(len(trees.leaf_start)))


@pytest.mark.parametrize("kind", ["small", "large"])
def test_a_pattern_gives_slots_what_their_edges_say(kind: str) -> None:
    trees = game(kind)
    asked = asked_by(trees, room=ROOM)
    tables, exact = LeafTables.of(trees), Quadrature.of(trees)
    sizes = np.bincount(asked.bundle)
    assert sizes.max() > 1
    assert kind == "small" or sizes.min() == 1  # both kinds of bundle are there
    rows = np.vstack([ROWS[:30], np.where(GENERATOR.random((30, 4)) < 0.4, np.nan, ROWS[:30])])
    for row in rows:
        np.testing.assert_allclose(tables(row), exact(row), atol=1e-12)
