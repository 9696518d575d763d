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
LAST_SAID = ", ".join(
    f"last({name} ORDER BY sequence) FILTER ({name} IS NOT NULL) AS {name}"
    for name in ("action", "label", "money", "currency")
)
"""Of all that was said of a prediction, the last word on each."""


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

    engine = duckdb.connect(config={"preserve_insertion_order": "false", **settings})
    engine.execute("SET TimeZone = 'UTC'")
    with answering(address):
        for kind, name in TABLES.items():
            table = LogTable(address, kind)
            empty = table_schema(kind).empty_table()
            engine.register(name, table.dataset() if table.exists() else empty)
    return engine


def pointer(feature: str) -> str:
    """Return where a feature stands in the JSON of all features.

    Example:
        >>> pointer("a/b")
        '/a~1b'
    """
    return "/" + feature.replace("~", "~0").replace("/", "~1")
