"""Count what a table holds, in two scans and without taking its rows out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.tables.expressions import as_text, logical, no_number, typed
from lifecycle_core.adapters.tables.source import open_source
from lifecycle_core.errors import TableInvalid
from lifecycle_core.schema.contract import ColumnProfile, TableProfile

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.adapters.tables.source import Source
    from lifecycle_core.schema.contract import LogicalType

MAX_CATEGORIES = 50
# Narrowest first. Texts such as 01234 are integers and 1.0 is none, as pandas reads them.
_NARROWEST: tuple[LogicalType, ...] = ("boolean", "integer", "number", "date", "timestamp")
_COUNTABLE = frozenset({"integer", "number"})
_DATED = frozenset({"date", "timestamp"})


def profile_table(path: Path) -> TableProfile:
    r"""Count what a CSV or parquet file holds.

    Returns:
        For each column its narrowest logical type, nulls (NaN counts as one), distinct values,
        range of numbers, and the values themselves where at most 50 texts or booleans occur.

    Raises:
        TableInvalid: There is no such table, or a column is neither number, text, boolean nor
            date.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> table = Path(tempfile.mkdtemp()) / "two.csv"
        >>> _ = table.write_text("tenure,plan\n1,basic\n72,basic\n")
        >>> for column in profile_table(table).columns:
        ...     print(column.name, column.type, column.maximum, column.categories)
        tenure integer 72.0 ()
        plan string None ('basic',)
    """
    with open_source(path) as source:
        kinds = _kinds(source)
        rows, figures = _figures(source, kinds)
        categories = _categories(source, kinds, figures)
    columns = []
    newest = {}
    for name, kind, found in zip(source.names, kinds, figures, strict=True):
        present, distinct, low, high = found
        countable = kind in _COUNTABLE and low is not None
        columns.append(
            ColumnProfile(
                name=name,
                type=kind,
                nulls=rows - present,
                distinct=distinct,
                minimum=float(low) if countable else None,
                maximum=float(high) if countable else None,
                categories=categories.get(name, ()),
                storage="category" if name in source.categorical else "",
            )
        )
        if kind in _DATED and high is not None:
            newest[name] = high.isoformat()
    return TableProfile(rows=rows, columns=tuple(columns), newest=newest)


def _kinds(source: Source) -> tuple[LogicalType, ...]:
    if not source.text:
        return tuple(
            _physical_kind(source, name, physical)
            for name, physical in zip(source.names, source.physical, strict=True)
        )
    asked: list[str] = []
    for index in range(len(source.names)):
        asked.append(f"count(c{index})")
        for kind in _NARROWEST:
            value = typed(f"c{index}", kind, text=True)
            whole = f" FILTER (NOT contains(c{index}, '.'))" if kind == "integer" else ""
            asked.append(f"count({value}){whole}")
    counts = source.one(asked)
    width = 1 + len(_NARROWEST)
    return tuple(_narrowest(counts[start : start + width]) for start in range(0, len(asked), width))


def _narrowest(counts: tuple[int, ...]) -> LogicalType:
    present, *fitting = counts
    if present == 0:
        return "string"
    for kind, fits in zip(_NARROWEST, fitting, strict=True):
        # A column of 0 and 1 is a column of integers, as pandas has it.
        if fits == present and not (kind == "boolean" and fitting[1] == present):
            return kind
    return "string"


def _physical_kind(source: Source, name: str, physical: str) -> LogicalType:
    try:
        return logical(physical) or "string"
    except KeyError:
        raise TableInvalid(
            f"Column {name!r} of {source.path.name} is {physical}, it must hold numbers, texts, "
            "booleans or dates.",
            hint="Leave the column out, or write it as text.",
        ) from None


def _figures(
    source: Source, kinds: tuple[LogicalType, ...]
) -> tuple[int, tuple[tuple[Any, ...], ...]]:
    asked = ["count(*)"]
    for index, kind in enumerate(kinds):
        value = typed(f"c{index}", kind, text=source.text)
        finite = f"CASE WHEN isfinite({value}) THEN {value} END" if kind == "number" else value
        bounded = finite if kind in _COUNTABLE | _DATED else "NULL::BIGINT"
        missing = (
            no_number(f"c{index}") if kind == "number" and not source.text else f"({value}) IS NULL"
        )
        asked += [
            f"count(*) FILTER (NOT {missing})",
            f"count(DISTINCT {value})",
            f"min({bounded})",
            f"max({bounded})",
        ]
    rows, *figures = source.one(asked)
    return rows, tuple(tuple(figures[at : at + 4]) for at in range(0, len(figures), 4))


def _categories(
    source: Source, kinds: tuple[LogicalType, ...], figures: tuple[tuple[Any, ...], ...]
) -> dict[str, tuple[str, ...]]:
    few = [
        index
        for index, (kind, found) in enumerate(zip(kinds, figures, strict=True))
        if kind in {"string", "boolean"} and 0 < found[1] <= MAX_CATEGORIES
    ]
    if not few:
        return {}
    values = {index: typed(f"c{index}", kinds[index], text=source.text) for index in few}
    lists = source.one(
        [f"list(DISTINCT {as_text(value, kinds[index])})" for index, value in values.items()]
    )
    return {
        source.names[index]: tuple(sorted(value for value in found if value is not None))
        for index, found in zip(few, lists, strict=True)
    }
