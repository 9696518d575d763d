"""The data contract as we use it, and the report of checking a table against it.

On disk a contract is an Open Data Contract Standard YAML file; `contracting` translates.
"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from lifecycle_core.schema.base import Record

if TYPE_CHECKING:
    from collections.abc import Callable

LogicalType = Literal["integer", "number", "string", "boolean", "date", "timestamp"]
Level = bool | int | float | str | date | datetime
Logged = Literal["value", "hash", "none"]
Rule = Literal["column", "extra_column", "type", "null", "range", "category", "freshness", "rows"]


_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _integer(text: str) -> int | None:
    if text.lstrip("+-").isdecimal():
        return int(text)  # a float has too few digits for some
    number = float(text)
    return int(number) if number.is_integer() else None


def _number(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


_READ: dict[LogicalType, Callable[[str], Level | None]] = {
    "integer": _integer, "number": _number, "string": str, "date": date.fromisoformat,
    "boolean": lambda text: _TRUTHS.get(text.lower()), "timestamp": _moment,
}  # fmt: skip


def _level(text: str, kind: LogicalType) -> Level | None:
    try:
        return _READ[kind](text)
    except (ValueError, OverflowError):
        return None


class ColumnProfile(Record):
    """What one column of a table holds, as counts.

    Attributes:
        type: The narrowest logical type that holds every value.
        nulls: Rows without a value; NaN counts as none.
        distinct: Number of different values.
        minimum: Smallest value of a number; None for other types and for a column of nulls.
        maximum: Largest value, likewise.
        categories: The values of a string or boolean column with at most 50 of them, sorted.
        storage: `category` where the frame keeps the column as a pandas categorical, else empty.
    """

    name: str
    type: LogicalType
    nulls: int = Field(ge=0)
    distinct: int = Field(ge=0)
    minimum: float | None = None
    maximum: float | None = None
    categories: tuple[str, ...] = ()
    storage: str = ""


class TableProfile(Record):
    """What a table holds, as counts; no rows of it.

    Attributes:
        rows: Number of rows.
        newest: Largest value of each date or timestamp column, in ISO form.
    """

    rows: int = Field(ge=0)
    columns: tuple[ColumnProfile, ...]
    newest: dict[str, str] = {}


class Feature(Record):
    """The agreed rules of one column.

    Attributes:
        type: Logical type; an integer column satisfies `number`.
        required: No nulls are allowed.
        categories: Allowed values as text, which `levels` reads; empty allows all.
        minimum: Smallest allowed value.
        maximum: Largest allowed value.
        meaning: What it says; a person fills it in.
        unit: Such as `months`, or `none` for a category; a person fills it in.
        refresh: When it is renewed; a person fills it in.
        owner: Who answers for it; a person fills it in.
        storage: `category` where the model was fitted on a pandas categorical, else empty.
        log: What the prediction log keeps of it: the value, a salted hash of it, or nothing.
    """

    name: str
    type: LogicalType
    required: bool
    categories: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    meaning: str = ""
    unit: str = ""
    refresh: str = ""
    owner: str = ""
    storage: str = ""
    log: Logged = "value"

    @property
    def levels(self) -> tuple[Level, ...]:
        """The categories as values of the column's type; a text that is no such value is left out.

        Example:
            >>> Feature(name="size", type="number", required=True, categories=("1", "2.50")).levels
            (1.0, 2.5)
            >>> Feature(name="paid", type="boolean", required=True, categories=("True",)).levels
            (True,)
        """
        read = (_level(text, self.type) for text in self.categories)
        return tuple(level for level in read if level is not None)

    @property
    def range_shown(self) -> str:
        """The allowed range in words, its ends to the last digit: a rounded one may be refused.

        Example:
            >>> Feature(name="size", type="number", required=True, maximum=1007122.465).range_shown
            '-inf to 1007122.465'
        """
        low = "-inf" if self.minimum is None else _shortest(self.minimum)
        high = "inf" if self.maximum is None else _shortest(self.maximum)
        return f"{low} to {high}"


class Contract(Record):
    """The agreed rules of the table a model eats.

    Attributes:
        status: `active` once the owners have agreed, `draft` until then.
        features: The columns in the model's order.
        freshness_column: Date or timestamp column that freshness is judged by, if any.
        freshness_hours: Oldest allowed age: of its newest value where a table is checked, of each
            row's where rows are scored.
    """

    schema_: Literal["nbrelease/contract/1"] = Field(default="nbrelease/contract/1", alias="schema")
    name: str
    version: str = "1.0.0"
    status: Literal["draft", "active"] = "draft"
    features: tuple[Feature, ...]
    freshness_column: str | None = None
    freshness_hours: float | None = Field(default=None, gt=0)


class Violation(Record):
    """One broken rule.

    Attributes:
        rows: How many rows break it; 0 where the rule is about the table itself.
        examples: At most five of the values, as text.
        message: What was got and what is wanted.
    """

    rule: Rule
    column: str | None = None
    rows: int = Field(default=0, ge=0)
    examples: tuple[str, ...] = ()
    message: str


class ContractReport(Record):
    """The result of checking one table against one contract.

    Attributes:
        contract_digest: Digest of the contract's YAML text.
        checks: How many rules were evaluated.
        unfilled: `column.field` for each field that a person has yet to fill in.
        agreed: The contract came from a file of the user's, not from inference.
        not_judged: What the contract asks and nothing could be judged by, each with why.
    """

    schema_: Literal["nbrelease/contract-report/1"] = Field(
        default="nbrelease/contract-report/1", alias="schema"
    )
    contract: str
    contract_digest: str
    rows: int = Field(ge=0)
    checks: int = Field(ge=0)
    violations: tuple[Violation, ...] = ()
    unfilled: tuple[str, ...] = ()
    agreed: bool = False
    not_judged: tuple[str, ...] = ()


def _shortest(number: float) -> str:
    return repr(float(number)).removesuffix(".0")
