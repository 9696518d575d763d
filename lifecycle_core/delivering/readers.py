"""One reader for each column of a contract: takes a request's value, gives it as its agreed type.

A reader raises `Wrong` for a value that breaks a rule, and gives None for one that is missing and
may be. It knows its rules when it is made, so that a good value costs a few comparisons.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from math import inf, isfinite
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifecycle_core.schema.contract import Feature, Rule

    Reader = Callable[[Any], Any]
    _Refuse = Callable[[Any, Callable[[], "Wrong"]], None]

_INTEGERS = float(1 << 63)
_LONGEST_SHOWN = 60
_LONGEST_NAME = 200
_TRUTHS = frozenset({True, False})


class Wrong(Exception):  # noqa: N818 - it never leaves the check of a row
    """A value breaks a rule.

    Attributes:
        rule: The contract's rule.
        want: What it wants, in words.
        value: As the agreed type, for the log: so that reviews see another unit, or a category's
            new name. None if it is no value of that type; a text is cut short.
    """

    def __init__(self, rule: Rule, want: str, value: object = None) -> None:
        super().__init__(rule, want)
        self.rule, self.want, self.value = rule, want, value


def reader_of(feature: Feature) -> Reader:
    """Return what reads one value of a column.

    Example:
        >>> from lifecycle_core.schema.contract import Feature
        >>> read = reader_of(Feature(name="tenure", type="integer", required=True, minimum=0))
        >>> read(3.0)
        3
        >>> try:
        ...     read(-1)
        ... except Wrong as wrong:
        ...     print(wrong.rule, "-", wrong.want)
        range - 0 to inf
    """
    absent = partial(Wrong, "null", f"a value: {wanted(feature)}")
    required = feature.required

    def refuse(value: object, wrong: Callable[[], Wrong]) -> None:
        if value is not None and value == value:  # noqa: PLR0124 - NaN, which Arrow may bring
            raise wrong()
        if required:
            raise absent()

    match feature.type:
        case "number":
            return _number(feature, refuse)
        case "integer":
            return _integer(feature, refuse)
        case "string":
            return _text(feature, refuse)
        case "boolean":
            return _truth(feature, refuse)
        case "date":
            return _listed(feature, _or_missing(_date, refuse))
        case "timestamp":
            return _listed(feature, _or_missing(timestamp, refuse))


def naming(value: Any) -> str | int | None:  # noqa: ANN401 - whatever a request holds
    """Return a value that names a row, such as its key.

    Raises:
        Wrong: It is neither text of at most 200 characters nor a whole number.
    """
    if value is None or type(value) is int:
        return value
    if type(value) is float and value.is_integer():
        return int(value)
    if type(value) is str and len(value) <= _LONGEST_NAME:
        text: str = value
        return text
    if isinstance(value, (date, Decimal)):  # as tables of Arrow have them
        return str(value)
    raise Wrong("type", f"text of at most {_LONGEST_NAME} characters, or a whole number")


def wanted(feature: Feature) -> str:
    """Return in words what a column's values are.

    Example:
        >>> from lifecycle_core.schema.contract import Feature
        >>> wanted(Feature(name="tenure", type="integer", required=True, minimum=0, maximum=120))
        'integer, 0 to 120'
    """
    if feature.categories:
        text = repr if feature.type == "string" else str
        shown = ", ".join(map(text, feature.categories[:8]))
        return f"one of {shown}{', ...' if len(feature.categories) > 8 else ''}"  # noqa: PLR2004 - a line
    if feature.minimum is not None or feature.maximum is not None:
        return f"{feature.type}, {feature.range_shown}"
    examples = {"date": " such as '2026-01-31'", "timestamp": " such as '2026-01-31T06:00:00'"}
    return f"{feature.type}{examples.get(feature.type, '')}"


def shown(value: object) -> str:
    """Return a value as JSON has it, cut short; a date or another value of Arrow's as text.

    Example:
        >>> shown("x" * 100)
        '"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...'
    """
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}..."


def timestamp(value: Any) -> datetime:  # noqa: ANN401 - whatever a request holds
    """Return a moment without zone, in UTC where the value had one.

    Raises:
        Wrong: It is no ISO 8601 date or moment.
    """
    if type(value) is str:
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise Wrong("type", "an ISO 8601 moment such as '2026-01-31T06:00:00'") from None
    elif type(value) is date:
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - contracts know no zones
    elif not isinstance(value, datetime):
        raise Wrong("type", "an ISO 8601 moment such as '2026-01-31T06:00:00'")
    moment: datetime = value
    try:
        if type(moment) is not datetime:  # pandas' own, which the log could not write
            moment = datetime.combine(moment.date(), moment.timetz())
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    except (OverflowError, ValueError):  # pandas' NaT is a moment, and has no date
        raise Wrong("type", "a moment between the years 1 and 9999 in UTC") from None


def _or_missing(typed: Reader, refuse: _Refuse) -> Reader:
    def read(value: object) -> object:
        try:
            return typed(value)
        except Wrong as wrong:
            refuse(value, partial(Wrong, wrong.rule, wrong.want))
        return None

    return read


def _listed(feature: Feature, read: Reader) -> Reader:
    """Return a reader that lets only the categories pass, where there are any."""
    levels, unknown = frozenset(feature.levels), _unknown(feature)
    if unknown is None:
        return read

    def read_listed(value: object) -> object:
        found = read(value)
        if found is not None and found not in levels:
            raise unknown(found)
        return found

    return read_listed


def _date(value: Any) -> date:  # noqa: ANN401 - as above
    if type(value) is date:
        return value
    if type(value) is str:
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise Wrong("type", "an ISO 8601 date such as '2026-01-31'")


def _number(feature: Feature, refuse: _Refuse) -> Reader:
    low, high = _bounds(feature)
    wrong_type, outside = (
        partial(Wrong, "type", wanted(feature)),
        partial(Wrong, "range", feature.range_shown),
    )
    levels, unknown = frozenset(feature.levels), _unknown(feature)

    def read(value: Any) -> float | None:  # noqa: ANN401 - as above
        if type(value) is not float:
            if type(value) is not int:
                refuse(value, wrong_type)
                return None
            try:
                value = float(value)
            except OverflowError:
                raise outside() from None
        if not low <= value <= high or value in (inf, -inf):
            refuse(value, partial(outside, value if isfinite(value) else None))
            return None
        if unknown is not None and value not in levels:
            raise unknown(value)
        number: float = value
        return number

    return read


def _integer(feature: Feature, refuse: _Refuse) -> Reader:
    low, high = _bounds(feature)
    wrong_type, outside = (
        partial(Wrong, "type", wanted(feature)),
        partial(Wrong, "range", feature.range_shown),
    )
    levels, unknown = frozenset(feature.levels), _unknown(feature)

    def read(value: Any) -> int | None:  # noqa: ANN401 - as above
        if type(value) is not int:
            if type(value) is not float or not value.is_integer():
                refuse(value, wrong_type)
                return None
            value = int(value)
        fits = -_INTEGERS <= value < _INTEGERS
        if not low <= value <= high:
            raise outside(value if fits else None)
        if not fits:
            raise wrong_type()
        if unknown is not None and value not in levels:
            raise unknown(value)
        number: int = value
        return number

    return read


def _text(feature: Feature, refuse: _Refuse) -> Reader:
    allowed = frozenset(feature.levels)
    wrong_type, unknown = (
        partial(Wrong, "type", wanted(feature)),
        partial(Wrong, "category", wanted(feature)),
    )

    def read(value: Any) -> str | None:  # noqa: ANN401 - as above
        if type(value) is not str:
            refuse(value, wrong_type)
            return None
        if allowed and value not in allowed:
            raise unknown(_cut(value))
        text: str = value
        return text

    return read


def _truth(feature: Feature, refuse: _Refuse) -> Reader:
    allowed = frozenset(feature.levels) if feature.categories else _TRUTHS
    wrong_type, unknown = (
        partial(Wrong, "type", "true or false"),
        partial(Wrong, "category", wanted(feature)),
    )

    def read(value: Any) -> bool | None:  # noqa: ANN401 - as above
        if type(value) is not bool:
            refuse(value, wrong_type)
            return None
        if value not in allowed:
            raise unknown(value)
        truth: bool = value
        return truth

    return read


def _cut(text: str) -> str:
    """Return a text that a caller chose, fit for the log: no longer than a name may be."""
    text = text if len(text) <= _LONGEST_NAME else f"{text[: _LONGEST_NAME - 3]}..."
    return text.encode(errors="replace").decode()  # half of a surrogate pair is no UTF-8


def _unknown(feature: Feature) -> Callable[[object], Wrong] | None:
    return partial(Wrong, "category", wanted(feature)) if feature.categories else None


def _bounds(feature: Feature) -> tuple[float, float]:
    low = -inf if feature.minimum is None else feature.minimum
    high = inf if feature.maximum is None else feature.maximum
    return low, high
