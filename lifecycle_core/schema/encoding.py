"""How the columns of a table become the numbers that a model computes with, as data."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lifecycle_core.schema.base import Record

Operation = Literal["add", "subtract", "multiply", "divide", "at_least", "at_most"]


class NumberColumn(Record):
    """A column of numbers or booleans that becomes one number.

    Attributes:
        feature: Its name.
        missing: What stands for a missing value; None leaves it missing.
        operations: What is done with the value, in order, in double precision.
    """

    kind: Literal["number"] = "number"
    feature: str
    missing: float | None = None
    operations: tuple[tuple[Operation, float], ...] = ()

    @property
    def width(self) -> int:
        """How many numbers it becomes."""
        return 1


class CategoryColumn(Record):
    """A column of categories that becomes one or several numbers.

    Attributes:
        feature: Its name.
        levels: The categories that the model knows.
        numbers: For each of them what it becomes; None is a missing number. All of one length.
        unknown: What any other category becomes; None if the model refuses it.
        missing: What a missing value becomes; None if the model refuses it.
    """

    kind: Literal["category"] = "category"
    feature: str
    levels: tuple[bool | int | float | str, ...]
    numbers: tuple[tuple[float | None, ...], ...]
    unknown: tuple[float | None, ...] | None = None
    missing: tuple[float | None, ...] | None = None

    @property
    def width(self) -> int:
        """How many numbers it becomes."""
        return len(self.numbers[0])


class Encoding(Record):
    """How rows become an array: the numbers of all columns, in order.

    Attributes:
        columns: What becomes of which feature; one may stand more than once, or not at all.
        largest: A number beyond it, of either sign, is refused: the model would too.
        never_missing: Positions in the array where the model refuses a missing number.
    """

    schema_: Literal["nbrelease/encoding/1"] = Field(default="nbrelease/encoding/1", alias="schema")
    columns: tuple[NumberColumn | CategoryColumn, ...]
    largest: float = Field(gt=0)
    never_missing: tuple[int, ...] = ()

    @property
    def owners(self) -> tuple[str, ...]:
        """For each position in the array the feature that it comes from."""
        return tuple(column.feature for column in self.columns for _ in range(column.width))
