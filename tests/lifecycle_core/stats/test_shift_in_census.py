"""Drift in census data against NannyML's published ranking.

`employment_counts.csv` counts the rows of NannyML's `employment_MA` (Apache 2.0; people of
Massachusetts, American Community Survey) by category, and by the bins of NumPy's `doane` for the
age, in chunks of 5,000: 14 of the reference, then 42.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon

from lifecycle_core.stats.shift import jensen_shannon_shift

if TYPE_CHECKING:
    from collections.abc import Callable

    Chunks = dict[str, list[np.ndarray]]
    Distance = Callable[[np.ndarray, np.ndarray], float]

PUBLISHED = {"ANC": 37, "AGEP": 29, "RELP": 28, "MAR": 28, "DREM": 28}


@pytest.fixture(scope="module")
def columns() -> dict[str, Chunks]:
    found: dict[str, Chunks] = defaultdict(lambda: defaultdict(list))
    with (Path(__file__).parent / "employment_counts.csv").open(encoding="utf-8") as file:
        for column, part, _, *rows in list(csv.reader(file))[1:]:
            found[column][part].append(np.array(rows, dtype=np.int64))
    return found


def theirs(reference: np.ndarray, chunk: np.ndarray) -> float:
    return float(jensenshannon(reference / reference.sum(), chunk / chunk.sum(), base=2))


def ours(reference: np.ndarray, chunk: np.ndarray) -> float:
    seen = reference + chunk > 0
    found = jensen_shannon_shift(reference[seen], chunk[seen], tolerance=0.1)
    assert found is not None
    return found.value


def alerts(columns: dict[str, Chunks], distance: Distance) -> dict[str, int]:
    """Count chunks that are farther than three deviations above the mean of the reference's."""
    found = {}
    for name, parts in columns.items():
        whole = np.sum(parts["reference"], axis=0)
        usual = [distance(whole, chunk) for chunk in parts["reference"]]
        most = np.mean(usual) + 3 * np.std(usual)
        found[name] = sum(bool(distance(whole, chunk) > most) for chunk in parts["current"])
    return found


def test_the_published_ranking_by_alerts(columns: dict[str, Chunks]) -> None:
    found = alerts(columns, theirs)
    assert {name: found[name] for name in PUBLISHED} == PUBLISHED
    assert max(found[name] for name in found if name not in PUBLISHED) < min(PUBLISHED.values())


def test_ours_less_what_noise_adds_ranks_alike(columns: dict[str, Chunks]) -> None:
    found = alerts(columns, ours)
    assert max(found, key=lambda name: found[name]) == "ANC"
    assert all(abs(found[name] - many) <= 1 for name, many in PUBLISHED.items())


def test_what_moves_beyond_the_tolerance_is_told_apart_from_what_is_only_seen_to_move(
    columns: dict[str, Chunks],
) -> None:
    """Most alerts are of small shifts; at the usual tolerance only who lives with whom drifts."""
    lasting = {}
    for name, parts in columns.items():
        whole = np.sum(parts["reference"], axis=0)
        shifts = [jensen_shannon_shift(whole[seen], chunk[seen], tolerance=0.1)
                  for chunk in parts["current"] for seen in [whole + chunk > 0]]  # fmt: skip
        lasting[name] = sum(each is not None and each.low > 0.1 for each in shifts)
    assert lasting.pop("RELP") == 28
    assert max(lasting.values()) <= 3
