"""The score and the features of a window, counted by bin or by category.

Features are JSON text in the log, and only those that are asked for are read out of it. How they
are divided comes from the reference, so that counts of different windows can be compared and added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.schema.window_counts import ColumnCounts

if TYPE_CHECKING:
    import duckdb

SHARES = tuple(place / 20 for place in range(1, 20))
_MOST_CATEGORIES = 20


class Binning(NamedTuple):
    """How one column is divided.

    Attributes:
        name: Of a feature, or `score`.
        number: It is a number.
        edges: Inner edges of a number's bins, rising.
        categories: The most frequent values of the reference.
    """

    name: str
    number: bool
    edges: tuple[float, ...] = ()
    categories: tuple[str, ...] = ()


def binning_of(engine: duckdb.DuckDBPyConnection, name: str, number: bool) -> Binning:  # noqa: FBT001 - of the pair that is asked for
    """Return how a column is divided, by the rows in the table `asked`."""
    if number:
        found = engine.execute(
            f"SELECT quantile_disc(x, {list(SHARES)}) FROM ({_values(name, number)}) "  # noqa: S608 - our own words
            "WHERE x IS NOT NULL",
            _given(name),
        ).fetchone()
        edges = sorted(set((found or (None,))[0] or ()))
        return Binning(name, number, edges=tuple(edges))
    rows = engine.execute(
        f"SELECT x FROM ({_values(name, number)}) WHERE x IS NOT NULL "  # noqa: S608 - as above
        f"GROUP BY x ORDER BY count(*) DESC, x LIMIT {_MOST_CATEGORIES}",
        _given(name),
    ).fetchall()
    return Binning(name, number, categories=tuple(value for (value,) in rows))


def count_column(engine: duckdb.DuckDBPyConnection, binning: Binning) -> ColumnCounts:
    """Return the rows of a column in the table `asked`."""
    values = _values(binning.name, binning.number)
    given = _given(binning.name)
    if not binning.number:
        by_value = dict(
            engine.execute(
                f"SELECT CASE WHEN list_contains($known, x) THEN x END, count(*) FROM ({values}) "  # noqa: S608 - as above
                "WHERE x IS NOT NULL GROUP BY ALL",
                given | {"known": list(binning.categories)},
            ).fetchall()
        )
        return ColumnCounts(
            name=binning.name,
            missing=_missing(engine, values, given),
            categories={value: by_value.get(value, 0) for value in binning.categories},
            other=by_value.get(None, 0),
        )
    above = " + ".join(f"(x > {edge!r})::INTEGER" for edge in binning.edges) or "0"
    by_bin = dict(
        engine.execute(
            f"SELECT {above} AS bin, count(*) FROM ({values}) WHERE x IS NOT NULL GROUP BY ALL",  # noqa: S608 - numbers of our own
            given,
        ).fetchall()
    )
    found = engine.execute(
        f"SELECT quantile_cont(x, {list(SHARES)}) FROM ({values}) WHERE x IS NOT NULL",  # noqa: S608 - as above
        given,
    ).fetchone()
    return ColumnCounts(
        name=binning.name,
        missing=_missing(engine, values, given),
        edges=binning.edges,
        counts=tuple(by_bin.get(bin_, 0) for bin_ in range(len(binning.edges) + 1)),
        quantiles=tuple((found or (None,))[0] or ()),
    )


def _missing(engine: duckdb.DuckDBPyConnection, values: str, given: dict[str, str]) -> int:
    found = engine.execute(
        f"SELECT count(*) FROM ({values}) WHERE x IS NULL",  # noqa: S608 - as above
        given,
    ).fetchone()
    return int(found[0]) if found else 0


def _values(name: str, number: bool) -> str:  # noqa: FBT001 - as above
    """Return a query of a column's values; a number that is none is missing."""
    if name == "score":
        # A fallback's score is not the model's.
        return (
            "SELECT CASE WHEN isfinite(score) THEN score END AS x FROM asked "
            "WHERE arm <> 'shadow' AND fallback = ''"
        )
    text = "json_extract_string(features, $path)"
    if not number:
        return f"SELECT {text} AS x FROM asked WHERE arm <> 'shadow'"  # noqa: S608 - as above
    value = f"TRY_CAST({text} AS DOUBLE)"
    return (
        f"SELECT CASE WHEN isfinite({value}) THEN {value} END AS x FROM asked "  # noqa: S608 - as above
        "WHERE arm <> 'shadow'"
    )


def _given(name: str) -> dict[str, str]:
    """Return the place of a feature, as a JSON pointer; the score has none."""
    pointer = name.replace("~", "~0").replace("/", "~1")
    return {} if name == "score" else {"path": f"/{pointer}"}
