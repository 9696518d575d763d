"""Answers of the engine as the records that counts are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.prediction_log.columns import quoted
from lifecycle_core.schema.window_counts import Money, ScoreGroup, SegmentCounts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from lifecycle_core.adapters.prediction_log.columns import Binning


def rows_of(answer: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return the rows of an answer by column."""
    names = [each[0] for each in answer.description or ()]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def money_of(sums: Mapping[str, Any], prefix: str = "") -> Money:
    """Return sums that an engine computed; where there were no rows, they are 0."""
    return Money(
        rows=sums.get(f"{prefix}rows") or 0,
        total=sums.get(f"{prefix}total") or 0.0,
        squares=sums.get(f"{prefix}squares") or 0.0,
    )


def groups_of(rows: Sequence[Mapping[str, Any]], *, own: bool) -> tuple[ScoreGroup, ...]:
    """Return groups of scores; what they cost only where rows have costs of their own."""
    same = ("version", "score", "acted", "rows", "positives", "negatives")
    return tuple(
        ScoreGroup(
            **{name: each[name] for name in same},
            priced=each["priced"] if own else 0,
            if_positive=(each["if_positive"] or 0.0) if own else 0.0,
            if_negative=(each["if_negative"] or 0.0) if own else 0.0,
            cost=money_of(each, "cost_") if own else Money(),
            positive_cost=(each["positive_cost"] or 0.0) if own else 0.0,
        )
        for each in rows
    )


def by_currency(earned: Sequence[Mapping[str, Any]]) -> dict[str, Money]:
    """Return sums by currency, over arms."""
    found: dict[str, Money] = {}
    for each in earned:
        one, other = found.get(each["currency"], Money()), money_of(each)
        found[each["currency"]] = Money(
            rows=one.rows + other.rows,
            total=one.total + other.total,
            squares=one.squares + other.squares,
        )
    return found


def segment_of(value: str, binning: Binning) -> str:
    """Return SQL of the segment that a row is in; a number is cut at about its quartiles."""
    if not binning.number:
        return f"coalesce({value}, '')"
    many = len(binning.edges)
    cuts = sorted({binning.edges[many * place // 4] for place in (1, 2, 3)}) if many else []
    parts, before = [f"WHEN {value} IS NULL THEN ''"], ""
    for cut in cuts:
        parts.append(f"WHEN {value} <= {cut!r} THEN {quoted(f'{before}up to {cut:g}')}")
        before = f"above {cut:g} "
    return f"CASE {' '.join(parts)} ELSE {quoted(before.strip() or 'all')} END"


def segment_in(row: Mapping[str, Any], column: str, *, acts: bool) -> SegmentCounts:
    """Return what an engine counted of a segment; of forecasts none is right or wrong."""
    return SegmentCounts(
        column=column,
        cost=money_of(row, "cost_"),
        **{name: row[name] or 0 for name in ("rows", "accepted", "overridden")},
        labelled=row["labelled"] if acts else 0,
        right=(row["right"] or 0) if acts else 0,
        value=row["value"],
    )


def coded(value: str, binning: Binning) -> str:
    """Return SQL of a number, or of a category's place; other values have the place behind all."""
    if binning.number:
        return value
    known = ", ".join(quoted(each) for each in binning.categories)
    place = f"coalesce(list_position([{known}]::VARCHAR[], {value}) - 1, {len(binning.categories)})"
    return f"CASE WHEN {value} IS NOT NULL THEN {place} END::DOUBLE"
