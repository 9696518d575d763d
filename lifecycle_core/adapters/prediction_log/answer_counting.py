"""What versions answered in a window, and how a number is spread: counted by DuckDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.adapters.prediction_log import asking
from lifecycle_core.adapters.prediction_log.asking import BY_MODEL
from lifecycle_core.adapters.prediction_log.column_counting import count_columns
from lifecycle_core.adapters.prediction_log.sums import rows_of
from lifecycle_core.schema.window_counts import Answers, Spread

if TYPE_CHECKING:
    import duckdb

    from lifecycle_core.adapters.prediction_log.columns import Binning


def count_answers(
    engine: duckdb.DuckDBPyConnection,
    source: str,
    scores: Binning,
    acts: bool,  # noqa: FBT001 - of the release
) -> tuple[Answers, ...]:
    """Return what each version answered; decisions only where they are to act or not."""
    answers = []
    for each in rows_of(engine.execute(asking.ANSWERS.format(source=source))):
        version = each.pop("version")
        own = f"SELECT score FROM {source} AND version = {int(version)} AND {BY_MODEL}"  # noqa: S608 - our own words
        (score,) = count_columns(engine.sql(own), [(scores, "score")])
        if not acts:
            each |= {"decided": 0, "acted": 0}
        answers.append(Answers(version=str(version), score=score, **each))
    return tuple(answers)


def spread(engine: duckdb.DuckDBPyConnection, what: str, source: str) -> Spread:
    """Return how a number is spread; what is not finite is left out."""
    found = rows_of(engine.execute(asking.SPREAD.format(what=what, source=source)))[0]
    middle, high, highest = found["q"] or (None, None, None)
    return Spread(rows=found["rows"], p50=middle, p95=high, p99=highest)
