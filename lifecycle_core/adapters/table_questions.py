"""What is asked of one column of a table in any engine, and the counts that the answers make."""

from __future__ import annotations

import functools
import operator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.prediction_log.column_counting import count_columns
from lifecycle_core.adapters.prediction_log.columns import (
    counts_of,
    finite_in,
    numbers_in,
    quantiles_of,
)
from lifecycle_core.stats.score_rounding import STEPS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import narwhals as nw
    import numpy as np
    from numpy.typing import NDArray

    from lifecycle_core.adapters.prediction_log.columns import Binning
    from lifecycle_core.schema.window_counts import ColumnCounts

PICKED = "_picked_"
"""Column that says whether a row is one of those that are looked at themselves."""


def number_of(name: str, kind: object) -> nw.Expr:
    """Return a column as a number; what is no number counts as missing."""
    import narwhals as nw

    value = nw.col(name).cast(nw.Float64)
    if kind in {nw.Float64(), nw.Float32()}:
        value = nw.when(value.is_finite()).then(value)
    return value.alias(name)


def columns_of(
    frame: nw.LazyFrame[Any], features: Sequence[Binning], *, quantiles: bool
) -> tuple[ColumnCounts, ...]:
    """Return the counts of features; DuckDB is asked in its own words, which is faster.

    Args:
        frame: The table.
        features: How each is divided.
        quantiles: Read them, too, of the rows where the table's column `PICKED` is true.
    """
    import narwhals as nw

    if frame.implementation.is_duckdb():
        return count_columns(
            frame.to_native(),
            [(each, _named(each.name)) for each in features],
            quantiles_from=PICKED if quantiles else "",
        )
    if not features:
        return ()
    numbers = [each.name for each in features if each.number]
    if numbers:
        frame = frame.with_columns(*(number_of(name, nw.Float64()) for name in numbers))
    asked = [
        list(questions_of(nw.col(each.name), each, spark=frame.implementation.is_spark_like()))
        for each in features
    ]
    names = [[f"{at}_{of}" for of in range(len(each))] for at, each in enumerate(asked)]
    (answers,) = rows_of(
        frame.select(
            *(
                question.alias(name)
                for pair in zip(asked, names, strict=True)
                for question, name in zip(*pair, strict=True)
            )
        )
    )
    values = values_of(frame, numbers) if quantiles else {}
    return tuple(
        column_of(each, [int(answers[name] or 0) for name in own], values)
        for each, own in zip(features, names, strict=True)
    )


def many(condition: nw.Expr, *, spark: bool) -> nw.Expr:
    """Return for how many rows a condition holds.

    Args:
        condition: On a row.
        spark: The engine sums no conditions, only numbers, which takes others three times as long.
    """
    import narwhals as nw

    return condition.cast(nw.Int64).sum() if spark else condition.sum()


def questions_of(x: nw.Expr, binning: Binning, *, spark: bool) -> Iterator[nw.Expr]:
    """Yield what is asked of one column, in the order in which `column_of` reads it."""
    yield x.null_count()
    yield x.count()
    if not binning.number:
        for value in binning.categories:
            yield many(x == value, spark=spark)
        if binning.allowed:
            yield many(~x.is_null() & ~x.is_in(binning.allowed), spark=spark)
        return
    for edge in binning.edges:
        yield many(x <= edge, spark=spark)
    if binning.edges:
        least, most = binning.far
        yield many(x < least, spark=spark)
        yield many(x > most, spark=spark)
    outside = []
    if binning.minimum is not None:
        outside.append(x < binning.minimum)
    if binning.maximum is not None:
        outside.append(x > binning.maximum)
    if outside:
        yield many(functools.reduce(operator.or_, outside), spark=spark)


def rounded_score() -> nw.Expr:
    """Return the column `score`, rounded as `stats.score_rounding` has it."""
    import narwhals as nw

    score = nw.col("score")
    steps: nw.Expr | float = STEPS[-1][1]
    # As a sum, since Dask cannot choose between constants.
    for (least, fewer), (_, more) in pairwise(STEPS):
        far = (score.abs() >= least) & ((1 - score).abs() >= least)
        steps = steps - far.cast(nw.Float64) * (more - fewer)
    return (score * steps + 0.5).floor() / steps


def column_of(binning: Binning, answers: Sequence[int], picked: Mapping[str, Any]) -> ColumnCounts:
    """Return the counts of one column.

    Args:
        binning: How it is divided.
        answers: To `questions_of`.
        picked: By column: numbers that quantiles are read from, as Arrow arrays.
    """
    quantiles = quantiles_of(finite_in(picked[binning.name])) if binning.name in picked else ()
    return counts_of(binning, iter((*answers, quantiles)), with_quantiles=True)


def column_of_values(binning: Binning, rows: Mapping[str, int], *, of: int) -> ColumnCounts:
    """Return the counts of one column of categories, of which the rows by value are known.

    Args:
        binning: How it is divided.
        rows: By value, all that there are.
        of: Rows with a value or without.

    Example:
        >>> from lifecycle_core.adapters.prediction_log.columns import Binning
        >>> plan = Binning("plan", number=False, categories=("a", "b"), allowed=("a",))
        >>> found = column_of_values(plan, {"a": 5, "z": 2}, of=10)
        >>> found.categories, found.other, found.missing, found.broken
        ({'a': 5, 'b': 0}, 2, 3, {'category': 2})
    """
    present = sum(rows.values())
    answers = [of - present, present, *(rows.get(value, 0) for value in binning.categories)]
    if binning.allowed:
        answers.append(sum(rows[value] for value in rows if value not in binning.allowed))
    return counts_of(binning, iter(answers))


def codes_of(values: Any, binning: Binning) -> NDArray[np.float64]:  # noqa: ANN401 - an Arrow array
    """Return numbers, or the places of categories; other values have the place behind all."""
    import numpy as np

    if binning.number:
        numbers = numbers_in(values)
        return np.where(np.isfinite(numbers), numbers, np.nan)
    places = {value: at for at, value in enumerate(binning.categories)}
    other = len(places)
    return np.array(
        [np.nan if x is None else places.get(x, other) for x in values.to_pylist()],
        dtype=np.float64,
    )


def values_of(frame: nw.LazyFrame[Any], names: Sequence[str]) -> dict[str, Any]:
    """Return columns of the rows where the column `PICKED` is true, as Arrow arrays, by name."""
    import narwhals as nw

    if not names:
        return {}
    table = frame.filter(nw.col(PICKED)).select(*names).collect().to_arrow()
    return {name: table.column(name) for name in names}


def rows_of(frame: nw.LazyFrame[Any]) -> list[dict[str, Any]]:
    """Return the rows of a small answer."""
    return list(frame.collect().iter_rows(named=True))


def _named(name: str) -> str:
    """Return a column's name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'
