"""SQL expressions that read a column as its agreed type and count what breaks its rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifecycle_core.adapters.tables.source import quoted

if TYPE_CHECKING:
    from lifecycle_core.adapters.tables.source import Source
    from lifecycle_core.schema.contract import Feature, LogicalType

_INTEGERS = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
     "UBIGINT", "UHUGEINT"}
)  # fmt: skip
SQL_TYPES: dict[LogicalType, str] = {
    "integer": "BIGINT", "number": "DOUBLE", "string": "VARCHAR", "boolean": "BOOLEAN",
    "date": "DATE", "timestamp": "TIMESTAMP",
}  # fmt: skip
NO_VALUE = "has no value"
UNKNOWN = "is none of its categories"
OUTSIDE = "is out of its range"
NO_MOMENT = "has no moment to judge freshness by"
NO_NUMBER = "the score is no number"
"""What is said of a value behind its column's name, and of a score that is infinite or NaN.

Databases say the same, word for word.
"""
_INTEGERS_END = 1 << 63
# Forms of ISO 8601, and how DuckDB is told a value of one; the first it reads itself. It would read
# more (`infinity`, `epoch`, 2026/1/31, names of zones), which the service refuses.
_Forms = tuple[tuple[str, str], ...]
_DAY, _BASIC_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}", "([0-9]{4})([0-9]{2})([0-9]{2})"
_HOUR, _SECOND = "(?:[01][0-9]|2[0-3])", "[0-9]{2}(?:[.][0-9]+)?"
_OFFSET = "(?:[01][0-9]|2[0-3])(?::[0-9]{2}(?::[0-9]{2})?|[0-9]{2})?"
_ZONE = f"(?:Z|[+-]{_OFFSET})?"
_DATES: _Forms = ((_DAY, ""), (_BASIC_DAY, r"\1-\2-\3"))
_MOMENTS: _Forms = (
    (f"{_DAY}(?:[T ]{_HOUR}:[0-9]{{2}}(?::{_SECOND})?{_ZONE})?", ""),
    (_BASIC_DAY, r"\1-\2-\3"),
    (f"({_DAY})[T ]({_HOUR})({_ZONE})", r"\1 \2:00\3"),
    (f"{_BASIC_DAY}[T ]({_HOUR})([0-9]{{2}})({_SECOND})({_ZONE})", r"\1-\2-\3 \4:\5:\6\7"),
)
_DATED = frozenset({"date", "timestamp"})
_ACCEPTED: dict[LogicalType, frozenset[LogicalType]] = {
    "integer": frozenset({"integer", "number"}),
    "number": frozenset({"integer", "number"}),
    "string": frozenset({"string"}),
    "boolean": frozenset({"boolean"}),
    "date": frozenset({"date"}),
    "timestamp": frozenset({"date", "timestamp"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What to ask about one column; each part is a boolean SQL expression, but `value` and `raw`.

    Attributes:
        raw: The value as the file has it.
        value: The value as its agreed type; null where it cannot be read so, and for NaN.
        mistyped: There is a value, but not of the agreed type.
        null: There is no value.
        outside: The value is out of range, or infinite.
        unknown: The value is no agreed category.
        readable: The file's type can hold the agreed one.
    """

    feature: Feature
    raw: str
    value: str
    mistyped: str
    null: str
    outside: str
    unknown: str
    readable: bool


def rules(source: Source, feature: Feature) -> Rules:
    """Return the questions for one column of the contract that the source has."""
    raw = source.column(feature.name)
    physical = source.physical_of(feature.name)
    kind = None if is_unsupported(physical) else logical(physical)
    fits = kind is None or kind in _ACCEPTED[feature.type]
    readable = source.text or (fits and not is_unsupported(physical))
    none = f"NULL::{SQL_TYPES[feature.type]}"
    value = typed(raw, feature.type, text=source.text) if readable else none
    missing = f"({raw} IS NULL)" if source.text or kind != "number" else no_number(raw)
    if source.text and feature.type == "number":
        # `NaN` in text is no value, whatever else is read as none
        missing = f"({raw} IS NULL OR isnan(TRY_CAST({raw} AS DOUBLE)) IS TRUE)"
    return Rules(
        feature=feature,
        raw=raw,
        value=value,
        mistyped=f"(NOT {missing} AND ({value}) IS NULL)",
        null=missing,
        outside=_outside(value, feature),
        unknown=_unknown(value, feature),
        readable=readable,
    )


def is_unsupported(physical: str) -> bool:
    """Whether a DuckDB type has no logical type: lists, structures, bytes."""
    try:
        logical(physical)
    except KeyError:
        return True
    return physical.endswith("]")


def logical(physical: str) -> LogicalType | None:
    """Return the logical type of one of DuckDB's types; None for a column of nulls.

    Raises:
        KeyError: It has none: a list, a structure, bytes.
    """
    if physical == '"NULL"':
        return None
    if physical in _INTEGERS:
        return "integer"
    head = physical.partition("(")[0].partition(" ")[0]
    return _LOGICAL[head]


_LOGICAL: dict[str, LogicalType] = {
    "DOUBLE": "number", "FLOAT": "number", "DECIMAL": "number", "VARCHAR": "string",
    "ENUM": "string", "UUID": "string", "BOOLEAN": "boolean", "DATE": "date",
    "TIMESTAMP": "timestamp", "TIMESTAMP_S": "timestamp", "TIMESTAMP_MS": "timestamp",
    "TIMESTAMP_NS": "timestamp",
}  # fmt: skip


def typed(raw: str, kind: LogicalType, *, text: bool) -> str:
    """Return the expression that reads `raw` as a type; null where it cannot be.

    DuckDB rounds 1.5 to an integer without a word, hence the comparison.
    """
    if kind == "string":
        return raw if text else f"CAST({raw} AS VARCHAR)"
    if kind == "integer":
        whole = f"TRY_CAST({raw} AS BIGINT)"
        return f"CASE WHEN TRY_CAST({raw} AS DOUBLE) = {whole} THEN {whole} END"
    if kind == "number":
        number = f"TRY_CAST({raw} AS DOUBLE)"
        return f"CASE WHEN NOT isnan({number}) THEN {number} END"
    if kind == "boolean" and text:
        return f"CASE lower({raw}) WHEN 'true' THEN true WHEN 'false' THEN false WHEN '1' THEN true WHEN '0' THEN false END"  # noqa: E501 - one expression
    if kind == "timestamp" and text:
        return _in_utc(raw)
    read = f"TRY_CAST({_iso(raw, _DATES) if kind == 'date' and text else raw} AS {SQL_TYPES[kind]})"
    return _of_our_years(read) if kind in _DATED else read


def moment(source: Source, name: str) -> str:
    """Return the expression of a moment in UTC, as one without a zone is; null where it is none."""
    physical, raw = source.physical_of(name), source.column(name)
    kind = None if is_unsupported(physical) else logical(physical)
    if kind == "string":
        return _in_utc(raw)
    return typed(raw, "timestamp", text=False) if kind in _DATED else "NULL::TIMESTAMP"


def _in_utc(text: str) -> str:
    """Read a text as a moment with a zone, for DuckDB else drops an offset without a word."""
    zoned = f"TRY_CAST({_iso(text, _MOMENTS)} AS TIMESTAMPTZ)"
    return _of_our_years(f"TRY_CAST({zoned} AS TIMESTAMP)")


def _iso(text: str, forms: _Forms) -> str:
    """Return the expression of a text as DuckDB reads it; null where it has none of the forms."""
    whens = []
    for form, told in forms:
        read = f"regexp_replace({text}, '^{form}$', {quoted(told)})" if told else text
        whens.append(f"WHEN regexp_full_match({text}, '{form}') THEN {read}")
    return f"CASE {' '.join(whens)} END"


def _of_our_years(value: str) -> str:
    """Return a date or moment, null if it is infinite or of a year that Python does not have."""
    return f"CASE WHEN year({value}) BETWEEN 1 AND 9999 THEN {value} END"


def no_number(raw: str) -> str:
    """Return whether a number is null or NaN."""
    return f"({raw} IS NULL OR isnan({raw}::DOUBLE))"


def as_text(value: str, kind: LogicalType) -> str:
    """Return the expression whose text a category is written as."""
    return value if kind == "string" else f"CAST({value} AS VARCHAR)"


def _outside(value: str, feature: Feature) -> str:
    if feature.type not in {"integer", "number"}:
        return "false"
    parts = []
    if feature.type == "number":
        parts.append(f"isinf({value})")
    if feature.minimum is not None:
        parts.append(f"{value} < {feature.minimum!r}::DOUBLE")
    if feature.maximum is not None:
        parts.append(f"{value} > {feature.maximum!r}::DOUBLE")
    return f"({' OR '.join(parts)})" if parts else "false"


def _unknown(value: str, feature: Feature) -> str:
    if not feature.categories:
        return "false"
    kind = SQL_TYPES[feature.type]
    allowed = ", ".join(
        f"({level!r})::{kind}" if isinstance(level, int | float) else f"{kind} {quoted(str(level))}"
        for level in feature.levels
        if not isinstance(level, int) or -_INTEGERS_END <= level < _INTEGERS_END
    )
    return f"({value} NOT IN ({allowed}))" if allowed else f"({value} IS NOT NULL)"
