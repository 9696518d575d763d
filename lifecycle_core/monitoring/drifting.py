"""How far the tables that go into steps are from the reference tables declared for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from lifecycle_core.errors import LifecycleError
from lifecycle_core.schema.event import Drift
from lifecycle_core.stats.drift import (
    counts_in,
    index_by_chance,
    population_stability,
    quantile_edges,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from numpy.typing import NDArray

    from lifecycle_core.adapters.tables.frames import Column

STATISTIC = "population_stability_index"
_MOST_CATEGORIES = 20


class ReadsColumns(Protocol):
    """Reads the columns of tables that drift can be judged by; `FrameColumns` is one."""

    def of_file(self, path: str) -> Mapping[str, Column]:
        """Read a reference."""

    def of_frame(self, frame: object, *, name: str) -> Mapping[str, Column]:
        """Read a frame."""


class DriftFound(NamedTuple):
    """What came of comparing a table with its reference.

    Attributes:
        events: One for each column that both have.
        problems: What could not be compared, a sentence each, fit for `PipelineRun.hooks`.
    """

    events: tuple[Drift, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """The declared references of all steps; may cross processes.

    Attributes:
        declared_for: By step and variable: path of the reference, and the limit.
        columns: Reads tables.
    """

    declared_for: Mapping[tuple[str, str], tuple[str, float]]
    columns: ReadsColumns

    def declared(self, step: str, name: str) -> bool:
        """Whether a reference is declared for a variable of a step."""
        return (step, name) in self.declared_for

    def drift(
        self, step: str, name: str, value: object, *, run: str, pipeline: str, now: datetime
    ) -> DriftFound:
        """Compare a variable with its reference, column by column; never raises for what it holds.

        Args:
            step: The step.
            name: The variable.
            value: A frame.
            run: Identifier of the run.
            pipeline: Name of the pipeline.
            now: Time with zone, of the events.

        Returns:
            Nothing where no reference is declared.
        """
        declared = self.declared_for.get((step, name))
        if declared is None:
            return DriftFound((), ())
        path, limit = declared
        try:
            reference = self.columns.of_file(path)
            current = self.columns.of_frame(value, name=f"{step}.{name}")
        except LifecycleError as error:
            return DriftFound((), (f"Drift of {step}.{name} is not known: {error}",))
        said: dict[str, Any] = {
            "run": run, "pipeline": pipeline, "step": step, "name": name,
            "at": now.isoformat(timespec="microseconds"),
        }  # fmt: skip
        events = tuple(
            Drift(**said, column=column, statistic=STATISTIC, limit=limit, **figures)
            for column, figures in _figures(reference, current, limit)
        )
        named = {event.column for event in events}
        missing = [column for column in reference if column not in named]
        problems = (
            f"Drift of {step}.{name} is not known for {', '.join(missing)}: no rows, or another "
            "type than in the reference, or no such column."
        )
        return DriftFound(events, (problems,) if missing else ())


def _figures(
    reference: Mapping[str, Column], current: Mapping[str, Column], limit: float
) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, before in reference.items():
        now = current.get(name)
        if now is None or not before.rows or not now.rows:
            continue
        if before.categories and now.numbers is None:
            counts = _category_counts(before, now)
        elif before.numbers is not None and before.numbers.size and now.numbers is not None:
            edges = quantile_edges(before.numbers)
            counts = (
                np.append(counts_in(before.numbers, edges), before.missing),
                np.append(counts_in(now.numbers, edges), now.missing),
            )
        else:
            continue
        index = population_stability(*counts)
        seen = int(np.count_nonzero(counts[0] + counts[1]))
        chance = index_by_chance(limit, before.rows, now.rows, bins=seen)
        yield name, {"value": index, "chance": chance, "drifted": index > chance}


def _category_counts(before: Column, now: Column) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return rows by category: the reference's most frequent, all others together, missing."""
    frequent = sorted(before.categories, key=lambda value: (-before.categories[value], value))
    kept = frequent[:_MOST_CATEGORIES]
    first, second = (
        np.array(
            [
                *(found := [side.categories.get(value, 0) for value in kept]),
                side.present - sum(found),
                side.missing,
            ],
            dtype=np.int64,
        )
        for side in (before, now)
    )
    return first, second
