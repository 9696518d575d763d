"""The windows of a backtest as people type them: lists of values, or dates at a distance."""

from __future__ import annotations

import calendar
import json
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from collections.abc import Iterator

_RANGE = re.compile(
    r"(?P<first>\d{4}-\d\d-\d\d)\.\.(?P<last>\d{4}-\d\d-\d\d)/(?P<count>[1-9]\d*)(?P<unit>d|w|mo|y)"
)
_MOST = 1_000
_MONTHS = {"mo": 1, "y": 12}
_DAYS = {"d": 1, "w": 7}


def windows_of(pairs: list[str]) -> list[dict[str, Any]]:
    """Return the parameters of each window.

    Args:
        pairs: `name=value,value,...`, or `name=FIRST..LAST/STEP` with dates and a step such as
            `30d`, `2w`, `1mo` or `1y`. Several are taken together: the first values make the
            first window, and so on.

    Raises:
        InvalidCall: A text is none of these, or the lists are not equally long.

    Example:
        >>> windows_of(["until=2025-01-31..2025-03-31/1mo"])
        [{'until': '2025-01-31'}, {'until': '2025-02-28'}, {'until': '2025-03-31'}]
        >>> windows_of(["since=2023,2024", "until=2024,2025"])
        [{'since': 2023, 'until': 2024}, {'since': 2024, 'until': 2025}]
    """
    found: dict[str, list[Any]] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not name.isidentifier() or not text:
            raise InvalidCall(
                f"--backtest is {pair!r}, want name=value,value or name=FIRST..LAST/STEP.",
                hint="Try --backtest until=2025-01-01..2025-06-01/1mo.",
            )
        span = _RANGE.fullmatch(text)
        found[name] = list(_dates(pair, span)) if span else [_value(v) for v in text.split(",")]
    lengths = {name: len(values) for name, values in found.items()}
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{name} {count}" for name, count in lengths.items())
        raise InvalidCall(
            f"--backtest takes one value of each for a window, and there are: {said}.",
            hint="Give every parameter as many values as there are windows.",
        )
    return [dict(zip(found, values, strict=True)) for values in zip(*found.values(), strict=True)]


def _dates(pair: str, span: re.Match[str]) -> Iterator[str]:
    try:
        first, last = date.fromisoformat(span["first"]), date.fromisoformat(span["last"])
    except ValueError as error:
        raise InvalidCall(f"--backtest is {pair!r}: {error}.", hint="Write YYYY-MM-DD.") from error
    step, unit = int(span["count"]), span["unit"]
    for number in range(_MOST):
        at = _later(first, number * step, unit)
        if at > last:
            break
        yield at.isoformat()
    if last < first:
        raise InvalidCall(f"--backtest is {pair!r}: it ends before it begins.", hint="Swap them.")


def _later(first: date, count: int, unit: str) -> date:
    """Return a date that much later; of a month that is too short its last day."""
    if unit in _DAYS:
        return first + timedelta(days=count * _DAYS[unit])
    months = first.month - 1 + count * _MONTHS[unit]
    year, month = first.year + months // 12, months % 12 + 1
    return date(year, month, min(first.day, calendar.monthrange(year, month)[1]))


def _value(text: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
