"""DuckDB over the tables of a log, and the SQL that all who count in it share."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from lifecycle_core.adapters.prediction_log.places import answering
from lifecycle_core.adapters.prediction_log.rows import TABLES, table_schema
from lifecycle_core.adapters.prediction_log.tables import LogTable

if TYPE_CHECKING:
    import duckdb

SKEW = timedelta(days=7)
"""Outcomes of a clock that is that far behind are still found."""
ONCE = "QUALIFY row_number() OVER (PARTITION BY id ORDER BY sequence) = 1"
"""Each id once: who was in doubt sends a row again, and the first that came counts."""
FOUND_ONCE = f"SELECT *, count(*) OVER (PARTITION BY id) AS times FROM found {ONCE}"  # noqa: S608 - names of our own columns
"""The rows of `found`, each id once, with how many times it is there."""
LATEST = "ORDER BY time, sequence"
"""What was said last is the last word, whenever it came; of one moment, what came last."""
_LAST = ", ".join(
    f"last({name} {LATEST}) FILTER ({name} IS NOT NULL) AS {name}"
    for name in ("action", "label", "money", "currency")
)


def open_engine(address: str, **settings: str) -> duckdb.DuckDBPyConnection:
    """Return an engine that has the log as `predictions`, `outcomes`, `usage`; moments in UTC.

    Args:
        address: Folder or URL of the log.
        settings: Of DuckDB, by its own names.

    Raises:
        LogUnavailable: The store does not answer.
        MissingExtra: deltalake is not installed.
    """
    import duckdb

    from lifecycle_core.adapters.prediction_log.scanning import ScannedFiles

    engine = duckdb.connect(config={"preserve_insertion_order": "false", **settings})
    engine.execute("SET TimeZone = 'UTC'")
    with answering(address):
        for kind, name in TABLES.items():
            table = LogTable(address, kind)
            empty = table_schema(kind).empty_table()
            engine.register(name, ScannedFiles(table.dataset()) if table.exists() else empty)
    return engine


def last_said(more: str = "", *, condition: str = "true") -> str:
    """Return SQL of what was said of each prediction in the table `sayings`: the last word on each.

    Args:
        more: Other columns.
        condition: What is said counts only where it holds.

    Example:
        >>> last_said("min(time) AS first_said").endswith(
        ...     "min(time) AS first_said FROM sayings WHERE true GROUP BY prediction"
        ... )
        True
    """
    columns = ", ".join(each for each in ("prediction", _LAST, more) if each)
    return f"SELECT {columns} FROM sayings WHERE {condition} GROUP BY prediction"  # noqa: S608 - as above


def pointer(feature: str) -> str:
    """Return where a feature stands in the JSON of all features.

    Example:
        >>> pointer("a/b")
        '/a~1b'
    """
    return "/" + feature.replace("~", "~0").replace("/", "~1")
