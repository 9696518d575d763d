"""What answering took in a window, and what was not answered, summed by DuckDB over the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.prediction_log.engine import ONCE
from lifecycle_core.adapters.prediction_log.sums import rows_of
from lifecycle_core.schema.window_counts import UsageCounts

if TYPE_CHECKING:
    import duckdb

    from lifecycle_core.adapters.prediction_log.asking import Span

# An interval counts in the window in which it ended: a minute, or the hour of an idle service.
_FOUND = f"""
WITH found AS (
    SELECT * FROM usage
    WHERE release = $release AND day BETWEEN $first AND $last
      AND time >= $start AND time < $end
    {ONCE}
)
"""  # noqa: S608 - names of our own columns
_TOTALS = """
SELECT count(*) AS intervals, ifnull(sum(answered), 0)::BIGINT AS answered,
       ifnull(sum(cpu_seconds), 0.0) AS cpu_seconds,
       ifnull(sum(answered) FILTER (cpu_seconds IS NOT NULL), 0)::BIGINT AS cpu_rows,
       max(peak_bytes) AS peak_bytes
FROM found
"""
_CAUSES = """
SELECT each.cause AS cause, sum(each.rows)::BIGINT AS rows
FROM (SELECT unnest({column}) AS each FROM found) GROUP BY 1 ORDER BY 1
"""
_FIELDS = """
SELECT each.field AS field, each.rule AS rule, sum(each.fields)::BIGINT AS fields
FROM (SELECT unnest(refused_fields) AS each FROM found) GROUP BY 1, 2 ORDER BY 1, 2
"""


def count_usage(engine: duckdb.DuckDBPyConnection, release: str, span: Span) -> UsageCounts:
    """Return what answering took in a window.

    Args:
        engine: As `open_engine` gives it.
        release: Name of the release.
        span: The window.

    Returns:
        Without rows, or without the table, there are no intervals.
    """
    given = {
        name: value
        for name, value in span.given(release).items()
        if name in {"release", "start", "end", "first", "last"}
    }

    def ask(query: str) -> list[dict[str, Any]]:
        return rows_of(engine.execute(_FOUND + query, given))

    totals = ask(_TOTALS)[0]
    if not totals["intervals"]:
        return UsageCounts()
    fields: dict[str, dict[str, int]] = {}
    for each in ask(_FIELDS):
        fields.setdefault(each["field"], {})[each["rule"]] = each["fields"]
    return UsageCounts(
        **totals,
        refused={each["cause"]: each["rows"] for each in ask(_CAUSES.format(column="refused"))},
        errors={each["cause"]: each["rows"] for each in ask(_CAUSES.format(column="errors"))},
        fields=fields,
    )
