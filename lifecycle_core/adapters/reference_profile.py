"""What a release keeps of its training table: counts by bin, and no row of it.

It is what the first windows are compared with, until the log has windows before them. Score and
decision have no part in it: on rows that a model was fitted on they are better than they will be.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from lifecycle_core.adapters.prediction_log.column_counting import count_columns
from lifecycle_core.adapters.prediction_log.columns import (
    SAMPLED,
    Binning,
    binning_of,
    picked,
    read_as,
)
from lifecycle_core.schema.window_counts import WindowCounts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lifecycle_core.schema.contract import Feature

_NUMBERS = ("integer", "number")


def number_by_name(features: Sequence[Feature]) -> dict[str, bool]:
    """Return of each feature that the log keeps whether it is counted as a number.

    Example:
        >>> from lifecycle_core.schema.contract import Feature
        >>> tenure = Feature(name="tenure", type="integer", required=True)
        >>> hidden = Feature(name="salary", type="number", required=True, log="hash")
        >>> number_by_name([tenure, hidden])
        {'tenure': True, 'salary': False}
    """
    return {
        each.name: each.type in _NUMBERS and each.log == "value"
        for each in features
        if each.log != "none" and each.name != "score"
    }


def profile_table(path: Path, features: Sequence[Feature]) -> WindowCounts:
    """Return the counts of a training table.

    Args:
        path: A Parquet file.
        features: Of the contract. Of those that the log keeps as a hash nothing is counted, as
            hashes are not to be found in the table.
    """
    import duckdb

    kinds = number_by_name([each for each in features if each.log == "value"])
    parsed, values = read_as(kinds)
    named = [f"{value} AS f{at}" for at, value in enumerate(values)]
    with closing(duckdb.connect()) as engine:
        # By way of JSON, so that values are written as in the log.
        engine.execute(
            f"CREATE TEMP TABLE asked AS SELECT {', '.join(['id', *named])} FROM "  # noqa: S608 - names of our own
            f"(SELECT id, {parsed} AS f FROM (SELECT file_row_number::VARCHAR AS id, "
            "to_json(rows) AS features FROM read_parquet($path, file_row_number = true) AS rows))",
            {"path": str(path)},
        )
        [(rows,)] = engine.execute("SELECT count(*) FROM asked").fetchall()
        picking = picked(rows, SAMPLED)
        engine.execute(f"CREATE TEMP TABLE picked AS FROM asked WHERE {picking}")
        divided = [
            binning_of(engine, name, f"f{at}", "picked", number=number)
            for at, (name, number) in enumerate(kinds.items())
        ]
        columns = [(each, f"f{at}") for at, each in enumerate(divided)]
        return WindowCounts(
            rows=rows,
            columns=count_columns(engine.table("asked"), columns, quantiles_from=picking),
        )


def binnings_of(profile: WindowCounts) -> tuple[Binning, ...]:
    """Return how the columns of a profile are divided."""
    return tuple(
        Binning(each.name, bool(each.counts), each.edges, tuple(each.categories))
        for each in profile.columns
    )


def with_rules(binnings: Sequence[Binning], features: Sequence[Feature]) -> tuple[Binning, ...]:
    """Return them with what the contract says of the columns; hashes are only asked to be there.

    Example:
        >>> from lifecycle_core.schema.contract import Feature
        >>> tenure = Feature(name="tenure", type="integer", required=True, minimum=0)
        >>> with_rules([Binning("tenure", True)], [tenure])[0].minimum
        0.0
    """
    rules = {each.name: each for each in features}
    found = []
    for each in binnings:
        rule = rules.get(each.name)
        if rule is not None:
            each = each._replace(required=rule.required)  # noqa: PLW2901 - the same with more
            if rule.log == "value":
                each = each._replace(  # noqa: PLW2901 - as above
                    minimum=rule.minimum, maximum=rule.maximum, allowed=rule.categories
                )
        found.append(each)
    return tuple(found)
