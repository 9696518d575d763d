"""How often a whole review is right about drift: counts go in, and its record comes out."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from simulated_drift import Population, tilt_of
from simulation_table import ALARMS, POWER, line

from lifecycle_core.monitoring import Counted, plan_of, review
from lifecycle_core.schema.recent_drift import recent
from lifecycle_core.schema.release_file import ModelSection, ReleaseFile, ReviewSection
from lifecycle_core.schema.window_counts import Answers, ColumnCounts, WindowCounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation_table import Line, Part

    from lifecycle_core.schema.review import Review

NUMBERS, CATEGORIES, BINS = 18, 7, 22
MISSING, ACTED = 0.02, 0.2
AS_OF = datetime(2026, 3, 9, tzinfo=UTC)
ENOUGH = 5_000  # rows for the usual tolerances
LIMITS = {200: (0.25, 0.2), 5_000: (0.05, 0.04), 1_000_000: (0.005, 0.004)}


def counts(
    rng: np.random.Generator, rows: int, tilt: float = 0.0, share: float = 0.0
) -> WindowCounts:
    """Draw a window; the first category, the score and the share acted on may move."""

    def number(at: int) -> ColumnCounts:
        missing = int(rng.binomial(rows, MISSING))
        bins = rng.multinomial(rows - missing, np.full(BINS, 1 / BINS))
        return ColumnCounts(
            name=f"n{at}", missing=missing, edges=tuple(map(float, range(BINS - 1))),
            counts=tuple(map(int, bins)),
        )  # fmt: skip

    def category(at: int) -> ColumnCounts:
        drawn = rng.multinomial(rows, Population.categories(0.0 if at else tilt))
        categories = {f"v{place}": int(many) for place, many in enumerate(drawn)}
        return ColumnCounts(name=f"c{at}", categories=categories)

    scores = rng.multinomial(rows, Population.categories(tilt))
    answers = Answers(
        version="3",
        decided=rows,
        acted=int(rng.binomial(rows, ACTED + share)),
        score=ColumnCounts(
            name="score", edges=tuple(map(float, range(7))), counts=tuple(map(int, scores))
        ),
    )
    return WindowCounts(
        rows=rows,
        versions={"3": rows},
        answers=(answers,),
        columns=(*map(number, range(NUMBERS)), *map(category, range(CATEGORIES))),
    )


def reviewed(
    window: WindowCounts,
    before: WindowCounts,
    released: WindowCounts,
    limits: tuple[float, float],
) -> Review:
    """Review a window beside the one before, and beside what the release keeps."""
    section = ReviewSection(
        window="week", reference_windows=1, drift_tolerance=limits[0], share_tolerance=limits[1],
        rules=("when drifted > 0 or drifted_since_release > 0 then notify data",),
    )  # fmt: skip
    return review(
        "churn",
        ReleaseFile(model=ModelSection(name="churn"), review=section),
        plan_of(section, label=None, as_of=AS_OF),
        Counted(
            window=window,
            before=(before,),
            reference=before,
            same_phase=WindowCounts(),
            released=released,
            since=(window,),
        ),
        as_of=AS_OF,
    )


def still(rng: np.random.Generator, rows: int, size: int, limits: tuple[float, float]) -> Review:
    """Review a window of the population that all others are of."""
    kept = counts(rng, size), counts(rng, size)
    return reviewed(counts(rng, rows), *kept, limits)


def moved(rng: np.random.Generator, rows: int, size: int, limits: tuple[float, float]) -> Review:
    """Review a window that has moved by twice the tolerances."""
    kept = counts(rng, size), counts(rng, size)
    return reviewed(counts(rng, rows, tilt_of(2 * limits[0]), 2 * limits[1]), *kept, limits)


def found_in(review: Review) -> set[str]:
    """Return the columns that drifted against the windows before."""
    return {each.column for each in recent(review.drift) if each.state == "drift"}


def of_size(rows: int, limits: tuple[float, float], runs: int) -> Iterator[Line]:
    """Yield false alarms and power of whole reviews of 25 features, score and decision."""
    rng, size = np.random.default_rng([4, rows]), max(rows, 50_000)
    fired, found = 0, dict.fromkeys(("c0", "score", "decision"), 0)
    for _ in range(runs):
        fired += bool(still(rng, rows, size, limits).firings)
        drifted = found_in(moved(rng, rows, size, limits))
        for name in found:
            found[name] += name in drifted
    title = f"review: false alarms, all columns together, {rows:,} rows"
    yield line(title, fired / runs, runs, ALARMS)
    for name, many in found.items():
        title = f"review: power at twice the tolerance, {name}, {rows:,} rows"
        yield line(title, many / runs, runs, POWER)


def usual_tolerances(runs: int) -> Iterator[Line]:
    """Yield false alarms by the tolerances that nobody has changed, and power where rows do."""
    usual = ReviewSection()
    limits = usual.drift_tolerance, usual.share_tolerance
    for rows in LIMITS:
        rng, size = np.random.default_rng([5, rows]), max(rows, 50_000)
        fired = drifted = 0
        for _ in range(runs):
            fired += bool(still(rng, rows, size, limits).firings)
            drifted += {"c0", "score", "decision"} <= found_in(moved(rng, rows, size, limits))
        title = f"review: false alarms, usual tolerances, {rows:,} rows"
        yield line(title, fired / runs, runs, ALARMS)
        # With 200 rows that is 'not enough data', which the state says.
        title = f"review: all found at twice the usual tolerances, {rows:,} rows"
        yield line(title, drifted / runs, runs, POWER if rows >= ENOUGH else None)


PARTS: dict[str, Part] = {
    **{f"review {rows:,} rows": partial(of_size, rows, limits) for rows, limits in LIMITS.items()},
    "review, usual tolerances": usual_tolerances,
}
