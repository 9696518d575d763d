"""What retraining by money costs beside other policies, and how sure its worth is."""

from __future__ import annotations

import zlib
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from retraining_streams import KINDS, replay
from retraining_worth import FEW, WORLDS, covered
from simulation_table import COVERAGE, Aim, line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation_table import Line, Part

ONE_SIDED = Aim(0.93, 1.0, ">= 0.93")  # counts of few rows are too coarse for 0.95


def policies(kind: str, runs: int) -> Iterator[Line]:
    """Yield costs of policies on one kind of streams, against the optimum that knows the future."""
    rng = np.random.default_rng(3)
    seen = [replay(kind, rng) for _ in range(runs)]
    mean = {name: float(np.mean([one.costs[name] for one in seen])) for name in seen[0].costs}
    schedule = min((name for name in mean if name.startswith("every")), key=mean.__getitem__)
    others = {name: mean[name] for name in (schedule, "drift trigger", "performance trigger")}
    ours, oracle = mean["in money"], mean["oracle"]
    title, best = f"retraining, {kind}: cost /", min(others.values())
    yield line(f"{title} best of the three others", ours / best, runs, Aim(0, 1.05, "<= 1.05"))
    yield line(f"{title} optimum", ours / oracle, runs, Aim(0, 1.15, "<= 1.15"))
    for name, cost in others.items():
        yield line(f"  {name}: cost / optimum", cost / oracle, runs)
    if kind in {"none", "harmless"}:
        most = max(one.retrained for one in seen)
        title = f"retraining, {kind}: retrains, most of any run"
        yield line(title, most, runs, Aim(0, 0, "0"))
        mean_of = float(np.mean([one.drift_retrained for one in seen]))
        yield line("  drift trigger: retrains, mean", mean_of, runs)


def worth(runs: int) -> Iterator[Line]:
    """Yield how often the interval of what retraining is worth covers what it brings."""
    for worlds, aim in ((WORLDS, COVERAGE), (FEW, ONE_SIDED)):
        for name, world in worlds.items():
            rng = np.random.default_rng(zlib.crc32(name.encode()))
            share, _ = covered(world, runs, rng)
            yield line(f"coverage: worth, {name}", share, runs, aim)


PARTS: dict[str, Part] = {
    **{f"retraining {kind}": partial(policies, kind) for kind in KINDS},
    "worth of retraining": worth,
}
