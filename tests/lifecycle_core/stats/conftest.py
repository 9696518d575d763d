"""Aggregates of published experiments; each arm's units were summed up once, in 64-bit numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from lifecycle_core.stats.moments import Moments

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def arms_of() -> Callable[..., tuple[Moments, Moments]]:
    """Return control and treatment of an experiment, with the columns that are asked for.

    `users` and `users_with_history` are tea-tasting's `make_users_data(rng=42)`, `lalonde` is the
    sample of LaLonde (1986) in `causaldata.nsw_mixtape`.
    """
    experiments = json.loads((HERE / "experiments.json").read_text())

    def pick(experiment: str, *columns: str) -> tuple[Moments, Moments]:
        arms = []
        for arm in ("0", "1"):
            found = experiments[experiment][arm]
            at = [found["columns"].index(column) for column in columns]
            covariance = np.array(found["cov"])[np.ix_(at, at)]
            arms.append(Moments(found["n"], np.array(found["mean"])[at], covariance))
        return arms[0], arms[1]

    return pick
