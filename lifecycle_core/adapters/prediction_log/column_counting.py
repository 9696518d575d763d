"""Columns counted by bin or by category, each in one pass.

Categories DuckDB counts itself. Numbers it hands over in batches, in the same process, and NumPy
compares a whole batch with each edge: DuckDB takes four times as long for that, and plans each
comparison first.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.prediction_log.columns import (
    counts_of,
    numbers_in,
    quantiles_of,
    quoted,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb
    import numpy as np
    from numpy.typing import NDArray

    from lifecycle_core.adapters.prediction_log.columns import Binning
    from lifecycle_core.schema.window_counts import ColumnCounts

_BATCH = 50_000  # rows: a column of them fits the cache of a processor


def count_columns(
    table: duckdb.DuckDBPyRelation,
    columns: Sequence[tuple[Binning, str]],
    *,
    quantiles_from: str = "",
) -> tuple[ColumnCounts, ...]:
    """Return the rows of columns by bin or by category.

    Args:
        table: Its rows are counted.
        columns: How each is divided, and SQL of its values. A number that is not finite counts as
            missing.
        quantiles_from: SQL of the condition for rows that quantiles are read from; none if empty.

    Example:
        >>> import duckdb
        >>> from lifecycle_core.adapters.prediction_log.columns import Binning
        >>> table = duckdb.connect().sql("SELECT unnest([1, 2, NULL, 7]) AS days")
        >>> (days,) = count_columns(table, [(Binning("days", number=True, edges=(2.0,)), "days")])
        >>> days.counts, days.missing
        ((2, 1), 1)
    """
    numbers = [each for each in columns if each[0].number]
    categories = [each for each in columns if not each[0].number]
    found = {
        each.name: each
        for each in (*_numbers(table, numbers, quantiles_from), *_categories(table, categories))
    }
    return tuple(found[binning.name] for binning, _ in columns)


def _numbers(
    table: duckdb.DuckDBPyRelation, columns: Sequence[tuple[Binning, str]], quantiles_from: str
) -> Iterator[ColumnCounts]:
    """Yield the counts of numbers."""
    import numpy as np

    if not columns:
        return
    values = [f"{value} AS x{at}" for at, (_, value) in enumerate(columns)]
    if quantiles_from:
        values.append(f"coalesce({quantiles_from}, false) AS picked")
    tallies = [_Tally(binning) for binning, _ in columns]
    with table.project(", ".join(values)).to_arrow_reader(_BATCH) as batches:
        for batch in batches:
            picked = np.flatnonzero(numbers_in(batch.column("picked"))) if quantiles_from else None
            for at, tally in enumerate(tallies):
                tally.add(batch.column(at), picked)
    for each in tallies:
        yield each.counts(with_quantiles=bool(quantiles_from))


class _Tally:
    """What has been counted of one number so far.

    Args:
        binning: How it is divided.
    """

    def __init__(self, binning: Binning) -> None:
        self._binning = binning
        self._missing = self._present = self._outside = 0
        self._up_to = [0] * len(binning.edges)
        self._far = [0, 0] if binning.edges else []
        self._picked: list[NDArray[np.float64]] = []

    def add(self, values: Any, picked: NDArray[np.intp] | None) -> None:  # noqa: ANN401 - an Arrow array
        """Count some rows more.

        Args:
            values: Of the rows.
            picked: Places of those that quantiles are read from; None for none.
        """
        import numpy as np

        numbers = numbers_in(values)
        if picked is not None:
            self._picked.append(numbers[picked])
        finite = np.isfinite(numbers)
        if not finite.all():
            numbers = numbers[finite]
        self._missing += finite.size - numbers.size
        self._present += numbers.size
        for at, edge in enumerate(self._binning.edges):
            self._up_to[at] += int(np.count_nonzero(numbers <= edge))
        if self._far:
            least, most = self._binning.far
            self._far[0] += int(np.count_nonzero(numbers < least))
            self._far[1] += int(np.count_nonzero(numbers > most))
        if self._ruled:
            low, high = self._binning.minimum, self._binning.maximum
            below = numbers < (-math.inf if low is None else low)
            above = numbers > (math.inf if high is None else high)
            self._outside += int(np.count_nonzero(below | above))

    def counts(self, *, with_quantiles: bool) -> ColumnCounts:
        """Return the counts of the column."""
        import numpy as np

        answers: list[Any] = [self._missing, self._present, *self._up_to, *self._far]
        if self._ruled:
            answers.append(self._outside)
        if with_quantiles:
            picked = np.concatenate([[], *self._picked])
            answers.append(quantiles_of(picked[np.isfinite(picked)]))
        return counts_of(self._binning, iter(answers), with_quantiles=with_quantiles)

    @property
    def _ruled(self) -> bool:
        return self._binning.minimum is not None or self._binning.maximum is not None


def _categories(
    table: duckdb.DuckDBPyRelation, columns: Sequence[tuple[Binning, str]]
) -> Iterator[ColumnCounts]:
    """Yield the counts of categories."""
    if not columns:
        return
    values = [f"{value} AS x{at}" for at, (_, value) in enumerate(columns)]
    asked = [sql for at, (each, _) in enumerate(columns) for sql in _asked_of(f"x{at}", each)]
    found = table.project(", ".join(values)).aggregate(", ".join(asked)).fetchall()
    answers = iter(found[0])
    for binning, _ in columns:
        yield counts_of(binning, answers)


def _asked_of(x: str, binning: Binning) -> Iterator[str]:
    """Yield what is asked of one column, in the order in which `counts_of` reads it."""
    yield f"count(*) - count({x})"
    yield f"count({x})"
    for value in binning.categories:
        yield f"count_if({x} = {quoted(value)})"
    if binning.allowed:
        known = ", ".join(quoted(value) for value in binning.allowed)
        yield f"count_if({x} NOT IN ({known}))"
