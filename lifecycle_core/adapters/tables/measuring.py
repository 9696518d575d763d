"""Count what breaks a contract: one aggregate over the table, then a few examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.tables.expressions import (
    is_unsupported,
    logical,
    moment,
    no_number,
    rules,
)
from lifecycle_core.adapters.tables.measurement import ColumnMeasure, Measurement
from lifecycle_core.adapters.tables.source import open_source, reading

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lifecycle_core.adapters.tables.expressions import Rules
    from lifecycle_core.adapters.tables.source import Source
    from lifecycle_core.schema.contract import Contract

_EXAMPLES = 5
_EXAMPLE_LENGTH = 60


def measure(path: Path, contract: Contract) -> Measurement:
    """Count, for every rule of a contract, the rows of a table that break it.

    Raises:
        TableInvalid: There is no such table, or it breaks off.
    """
    with open_source(path, agreed=contract.features) as source:
        return measure_source(source, contract)


def measure_source(source: Source, contract: Contract) -> Measurement:
    """Count the same in a table that is open.

    Raises:
        TableInvalid: It breaks off.
    """
    asked = [rules(source, feature) for feature in contract.features if source.has(feature)]
    counted = ["count(*)"]
    for rule in asked:
        counted += [
            f"count(*) FILTER ({part})"
            for part in (rule.mistyped, rule.null, rule.outside, rule.unknown)
        ]
    dated = contract.freshness_column in source.names
    counted.append(f"max({moment(source, str(contract.freshness_column))})" if dated else "NULL")
    rows, *counts, newest = source.one(counted)
    measures = {
        rule.feature.name: _measure(source, rule, counts[4 * at : 4 * at + 4])
        for at, rule in enumerate(asked)
    }
    return Measurement(
        columns=source.names,
        rows=rows,
        measures=measures,
        newest=None if newest is None else newest.isoformat(),
    )


def outline(path: Path) -> Measurement:
    """Name the columns of a table without reading its rows; it says one row for "unknown".

    Raises:
        TableInvalid: There is no such table.
    """
    with open_source(path) as source:
        return Measurement(columns=source.names, rows=1)


def missing(path: Path, columns: Sequence[str], contract: Contract) -> dict[str, int]:
    """Count the rows without a value of each of these columns; NaN counts as none.

    Args:
        path: A CSV or parquet file.
        columns: Their names.
        contract: Says which texts of a CSV file are values, though they look like none.

    Raises:
        TableInvalid: There is no such table, or it breaks off.
    """
    with open_source(path, agreed=contract.features) as source:
        return dict(
            zip(columns, source.one([_lacks(source, name) for name in columns]), strict=True)
        )


def _lacks(source: Source, name: str) -> str:
    raw, physical = source.column(name), source.physical_of(name)
    number = not is_unsupported(physical) and logical(physical) == "number"
    return f"count(*) FILTER ({no_number(raw) if number else f'{raw} IS NULL'})"


def _measure(source: Source, rule: Rules, counts: list[Any]) -> ColumnMeasure:
    mistyped, nulls, outside, unknown = map(int, counts)
    broken = {
        "type": (mistyped, rule.mistyped),
        "range": (outside, rule.outside),
        "category": (unknown, rule.unknown),
    }
    return ColumnMeasure(
        physical=source.physical_of(rule.feature.name),
        readable=rule.readable,
        mistyped=mistyped,
        nulls=nulls,
        outside=outside,
        unknown=unknown,
        examples={
            name: _examples(source, rule.raw, condition)
            for name, (rows, condition) in broken.items()
            if rows
        },
    )


def _examples(source: Source, raw: str, condition: str) -> tuple[str, ...]:
    with reading(source.path):
        found = source.where(
            f"DISTINCT left(CAST({raw} AS VARCHAR), {_EXAMPLE_LENGTH}) AS example",
            f"{condition} ORDER BY example LIMIT {_EXAMPLES}",
        ).fetchall()
    return tuple(str(value) for (value,) in found)
