"""What a release keeps of its training table: counts by bin, and no row of it.

It is what the first windows are compared with, until the log has windows before them. Score and
decision have no part in it: on rows that a model was fitted on they are better than they will be.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from lifecycle_core.adapters.prediction_log.columns import Binning, binning_of, count_column
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

    kept = [each for each in features if each.log == "value"]
    with closing(duckdb.connect()) as engine:
        engine.execute(
            "CREATE TEMP TABLE asked AS SELECT 'champion' AS arm, '' AS fallback, "
            "to_json(rows) AS features FROM read_parquet($path) AS rows",
            {"path": str(path)},
        )
        rows = engine.execute("SELECT count(*) FROM asked").fetchone()
        divided = [binning_of(engine, *pair) for pair in number_by_name(kept).items()]
        return WindowCounts(
            rows=rows[0] if rows else 0,
            columns=tuple(count_column(engine, binning) for binning in divided),
        )


def binnings_of(profile: WindowCounts) -> tuple[Binning, ...]:
    """Return how the columns of a profile are divided."""
    return tuple(
        Binning(each.name, bool(each.counts), each.edges, tuple(each.categories))
        for each in profile.columns
    )
