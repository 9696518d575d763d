"""What is asked of one column of a table in any engine, and the counts that the answers make."""

from __future__ import annotations

import functools
import operator
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.prediction_log.columns import SHARES
from lifecycle_core.schema.window_counts import ColumnCounts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import narwhals as nw

    from lifecycle_core.adapters.prediction_log.columns import Binning


def number_of(name: str, kind: object) -> nw.Expr:
    """Return a column as a number; what is no number counts as missing."""
    import narwhals as nw

    value = nw.col(name).cast(nw.Float64)
    if kind in {nw.Float64(), nw.Float32()}:
        value = nw.when(value.is_finite()).then(value)
    return value.alias(name)


def questions_of(x: nw.Expr, binning: Binning) -> Iterator[nw.Expr]:
    """Yield what is asked of one column, in the order in which `column_of` reads it."""
    yield x.null_count()
    yield x.count()
    if not binning.number:
        for value in binning.categories:
            yield (x == value).sum()
        if binning.allowed:
            yield (~x.is_null() & ~x.is_in(binning.allowed)).sum()
        return
    for edge in binning.edges:
        yield (x <= edge).sum()
    outside = []
    if binning.minimum is not None:
        outside.append(x < binning.minimum)
    if binning.maximum is not None:
        outside.append(x > binning.maximum)
    if outside:
        yield functools.reduce(operator.or_, outside).sum()


def column_of(binning: Binning, answers: Sequence[int], picked: Mapping[str, Any]) -> ColumnCounts:
    """Return the counts of one column.

    Args:
        binning: How it is divided.
        answers: To `questions_of`.
        picked: By column: numbers that quantiles are read from.
    """
    import numpy as np

    missing, present, *others = answers
    broken = {"null": missing} if binning.required else {}
    if not binning.number:
        rows = dict(zip(binning.categories, others, strict=False))
        if binning.allowed:
            broken["category"] = others[-1]
        return ColumnCounts(
            name=binning.name,
            missing=missing,
            categories=rows,
            other=present - sum(rows.values()),
            broken=broken,
        )
    up_to = others[: len(binning.edges)]
    if len(others) > len(up_to):
        broken["range"] = others[-1]
    values = finite_of(picked[binning.name]) if binning.name in picked else ()
    steps = zip([0, *up_to], [*up_to, present], strict=True)
    return ColumnCounts(
        name=binning.name,
        missing=missing,
        edges=binning.edges,
        counts=tuple(high - low for low, high in steps),
        quantiles=tuple(float(each) for each in np.quantile(values, SHARES)) if len(values) else (),
        broken=broken,
    )


def codes_of(values: Any, binning: Binning) -> Any:  # noqa: ANN401 - arrays
    """Return numbers, or the places of categories; other values have the place behind all."""
    import numpy as np

    if binning.number:
        return np.asarray(values, dtype=np.float64)
    places = {value: at for at, value in enumerate(binning.categories)}
    other = len(places)
    return np.array([places.get(x, other) if isinstance(x, str) else np.nan for x in values])


def finite_of(values: Any) -> Any:  # noqa: ANN401 - an array of numbers, of objects where all are null
    """Return the finite ones of some numbers."""
    import numpy as np

    numbers = np.asarray(values, dtype=np.float64)
    return numbers[np.isfinite(numbers)]


def rows_of(frame: nw.LazyFrame[Any]) -> list[dict[str, Any]]:
    """Return the rows of a small answer."""
    return list(frame.collect().iter_rows(named=True))
