"""Rows of the training data as plain values, a list a column: what a request would bring."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.adapters.tables import Tables
    from lifecycle_core.schema.contract import Contract


def sample_of(path: Path, contract: Contract, tables: Tables) -> dict[str, list[Any]]:
    """Return the rows of a table that can be scored, by column; None for a missing value.

    Args:
        path: A CSV or parquet file with the contract's columns.
        contract: Names and types of them.
        tables: Reads the file.

    Raises:
        TableInvalid: There is no such table, or a column is absent.
    """
    columns: dict[str, list[Any]] = {feature.name: [] for feature in contract.features}
    with tables.stream(path, contract) as batches:
        for batch in batches:
            plain = batch.frame.astype(object).where(batch.frame.notna(), None)
            for name, values in columns.items():
                values.extend(map(_as_requested, plain[name].tolist()))
    return columns


def _as_requested(value: Any) -> Any:  # noqa: ANN401 - of whatever type
    """Return a moment as a request has it: in ISO form."""
    if not isinstance(value, datetime):
        return value
    midnight = value == value.replace(hour=0, minute=0, second=0, microsecond=0)
    return value.date().isoformat() if midnight else value.isoformat()
