"""How the score and the features of a window are divided, and what their counts are made of.

Features are JSON text in the log; those that are asked for are read out of it once, as numbers or
text (`read_as`). How they are divided comes from the reference, so that counts of different windows
can be compared and added.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from lifecycle_core.adapters.prediction_log.engine import pointer
from lifecycle_core.schema.window_counts import ColumnCounts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import duckdb
    import numpy as np
    from numpy.typing import NDArray

SHARES = tuple(place / 20 for place in range(1, 20))
TAILS = (0.001, *SHARES, 0.999)
SAMPLED = 50_000  # rows at least that quantiles are read from, where there are more
MOST_CATEGORIES = 20


class Binning(NamedTuple):
    """How one column is divided, and what its contract says.

    Attributes:
        name: Of a feature, or `score`.
        number: It is a number.
        edges: Inner edges of a number's bins, rising: from the 0.1% quantile of the reference to
            its 99.9% one.
        categories: The most frequent values of the reference.
        required: No value may be missing.
        minimum: Smallest value that the contract allows.
        maximum: Largest one.
        allowed: Values that the contract allows; empty allows all.
    """

    name: str
    number: bool
    edges: tuple[float, ...] = ()
    categories: tuple[str, ...] = ()
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    allowed: tuple[str, ...] = ()

    @property
    def far(self) -> tuple[float, float]:
        """Numbers below the first are far from the others, and those above the second.

        A column that simply grows, such as the months of the oldest customer, takes long to get
        there: as far beyond the outer edges as they are apart. Nearer to zero it is half of the
        first edge at most, since a smaller unit makes numbers small and not negative.

        Example:
            >>> Binning("tenure", number=True, edges=(1.0, 72.0)).far
            (0.5, 143.0)
        """
        low, high = self.edges[0], self.edges[-1]
        wide = high - low
        return max(low - wide, low / 2) if low > 0 else low - wide, high + wide


def read_as(kinds: Mapping[str, bool]) -> tuple[str, tuple[str, ...]]:
    """Return SQL that reads features out of the column `features`, and SQL of each one's value.

    A number that is none is null. The first is of one pass through the JSON; the others are of its
    result, which is called `f`.

    Args:
        kinds: By feature: whether it is a number.

    Example:
        >>> parsed, (plan,) = read_as({"plan": False})
        >>> plan
        "struct_extract(f, 'plan')"
    """
    if not kinds:
        return "NULL", ()
    if len({name.lower() for name in kinds}) < len(kinds):  # fields of structs have no case
        places = ", ".join(quoted(pointer(name)) for name in kinds)
        return f"json_extract_string(features, [{places}])", tuple(
            _finite(f"TRY_CAST(f[{at}] AS DOUBLE)") if number else f"f[{at}]"
            for at, number in enumerate(kinds.values(), start=1)
        )
    spec = {name: "DOUBLE" if number else "VARCHAR" for name, number in kinds.items()}
    return f"json_transform(features, {quoted(json.dumps(spec))})", tuple(
        _finite(field) if number else field
        for field, number in (
            (f"struct_extract(f, {quoted(name)})", number) for name, number in kinds.items()
        )
    )


def number_of(feature: str) -> str:
    """Return SQL of a feature that is a number, out of the column `features`; null if it is none.

    Example:
        >>> number_of("a/b")
        "CASE WHEN isfinite(TRY_CAST(json_extract_string(features, '/a~1b') AS DOUBLE)) \
THEN TRY_CAST(json_extract_string(features, '/a~1b') AS DOUBLE) END"
    """
    return _finite(f"TRY_CAST(json_extract_string(features, {quoted(pointer(feature))}) AS DOUBLE)")


def _finite(value: str) -> str:
    return f"CASE WHEN isfinite({value}) THEN {value} END"


def quoted(text: str) -> str:
    """Return text as an SQL literal.

    Example:
        >>> quoted("it's")
        "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def picked(rows: int, wanted: int) -> str:
    """Return SQL that holds for about so many rows or more, always the same ones.

    Which they are depends on their ids alone, so neither order nor engine threads change it.

    Args:
        rows: In the table.
        wanted: To be picked; all are if there are fewer than twice as many.

    Example:
        >>> picked(10_000, 50_000), picked(1_000_000, 50_000)
        ('true', 'md5_number_lower(id) % 20 = 0')
    """
    every = max(1, rows // wanted)
    return "true" if every == 1 else f"md5_number_lower(id) % {every} = 0"


def binning_of(
    engine: duckdb.DuckDBPyConnection, name: str, value: str, source: str, *, number: bool
) -> Binning:
    """Return how a column is divided.

    Args:
        engine: Where the table is.
        name: Of the column.
        value: SQL of its values.
        source: SQL of the table.
        number: It is a number.
    """
    if number:
        [(found,)] = engine.execute(
            f"SELECT quantile_disc(x, {list(TAILS)}) FROM (SELECT {value} AS x FROM {source}) "  # noqa: S608 - our own words
            "WHERE x IS NOT NULL"
        ).fetchall()
        edges = sorted(set(found or ()))
        return Binning(name, number, edges=tuple(edges))
    rows = engine.execute(
        f"SELECT x FROM (SELECT {value} AS x FROM {source}) WHERE x IS NOT NULL "  # noqa: S608 - as above
        f"GROUP BY x ORDER BY count(*) DESC, x LIMIT {MOST_CATEGORIES}"
    ).fetchall()
    return Binning(name, number, categories=tuple(value for (value,) in rows))


def quantiles_of(numbers: NDArray[np.float64]) -> tuple[float, ...]:
    """Return the quantiles that are kept of finite numbers; none where there are none."""
    import numpy as np

    return tuple(float(each) for each in np.quantile(numbers, SHARES)) if numbers.size else ()


def numbers_in(values: Any) -> NDArray[np.float64]:  # noqa: ANN401 - an Arrow array, chunked or not
    """Return the numbers of an Arrow array; NaN is where one is missing.

    Example:
        >>> import pyarrow as pa
        >>> numbers_in(pa.array([2, None]))
        array([ 2., nan])
    """
    import numpy as np

    if not values.null_count:
        return _plain(values)
    found = np.full(len(values), np.nan)
    found[_plain(values.is_valid()) > 0] = _plain(values.drop_null())
    return found


def finite_in(values: Any) -> NDArray[np.float64]:  # noqa: ANN401 - as above
    """Return the numbers of an Arrow array that are there and are finite.

    Example:
        >>> import pyarrow as pa
        >>> finite_in(pa.array([2.0, None, float("inf")]))
        array([2.])
    """
    import numpy as np

    numbers = numbers_in(values)
    return numbers[np.isfinite(numbers)]


def _plain(values: Any) -> NDArray[np.float64]:  # noqa: ANN401 - as above
    """Return an Arrow array without gaps; its own `to_numpy` loads pandas, which takes 60 MB."""
    import numpy as np
    import pyarrow as pa

    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    return np.asarray(np.from_dlpack(values.cast(pa.float64(), safe=False)), dtype=np.float64)


def counts_of(
    binning: Binning, answers: Iterator[Any], *, with_quantiles: bool = False
) -> ColumnCounts:
    """Return the counts of one column.

    Args:
        binning: How it is divided.
        answers: How many rows have no value, and how many have one; those of each category, or up
            to each edge and, where there are edges, those far below and far above; those that break
            the rule of the contract, if it has one.
        with_quantiles: Those of a number come last.
    """
    missing, present = _whole(answers), _whole(answers)
    broken = {"null": missing} if binning.required else {}
    if not binning.number:
        rows = {value: _whole(answers) for value in binning.categories}
        if binning.allowed:
            broken["category"] = _whole(answers)
        other = present - sum(rows.values())
        return ColumnCounts(
            name=binning.name, missing=missing, categories=rows, other=other, broken=broken
        )
    up_to = [_whole(answers) for _ in binning.edges]
    far = (_whole(answers), _whole(answers)) if binning.edges else None
    if binning.minimum is not None or binning.maximum is not None:
        broken["range"] = _whole(answers)
    quantiles = next(answers) if with_quantiles else None
    steps = zip([0, *up_to], [*up_to, present], strict=True)
    return ColumnCounts(
        name=binning.name,
        missing=missing,
        edges=binning.edges,
        counts=tuple(high - low for low, high in steps),
        quantiles=tuple(quantiles or ()),
        broken=broken,
        far=far,
    )


def _whole(answers: Iterator[Any]) -> int:
    return int(next(answers) or 0)  # without rows there is no number
