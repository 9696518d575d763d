"""Encode rows as the array that a model computes with: no frame, and the same numbers to the bit.

One row is encoded by plain Python, which is several times faster for it than array functions.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lifecycle_core.adapters.scorers.output import refused
from lifecycle_core.errors import TableInvalid
from lifecycle_core.schema.encoding import CategoryColumn, NumberColumn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from lifecycle_core.adapters.scorers.base import Column
    from lifecycle_core.schema.encoding import Encoding

_NAN = float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class Encoder:
    """Encodes rows; `Encoder.of` makes one.

    Attributes:
        columns: For each column its feature and how it is encoded.
        largest: As in `Encoding`.
        may_lack: For each position whether the model takes a missing number there.
        features: Names of all features that are needed.
    """

    columns: tuple[tuple[str, _Numbers | _Categories], ...]
    largest: float
    may_lack: NDArray[np.bool_]
    features: tuple[str, ...]

    @classmethod
    def of(cls, encoding: Encoding) -> Encoder:
        """Make the encoder that a record describes.

        Example:
            >>> from lifecycle_core.schema.encoding import Encoding, NumberColumn
            >>> months = NumberColumn(feature="months", operations=(("subtract", 2.0),))
            >>> encoder = Encoder.of(Encoding(columns=(months,), largest=1e300))
            >>> encoder.rows({"months": [3, None]}).tolist()
            [[1.0], [nan]]
        """
        columns = tuple(
            (
                column.feature,
                _Numbers.of(column) if isinstance(column, NumberColumn) else _Categories.of(column),
            )
            for column in encoding.columns
        )
        may_lack = np.ones(len(encoding.owners), dtype=bool)
        may_lack[list(encoding.never_missing)] = False
        return cls(
            columns, encoding.largest, may_lack, tuple(dict.fromkeys(name for name, _ in columns))
        )

    def row(self, values: Mapping[str, Any]) -> NDArray[np.float64]:
        """Return one row, shape (1, width).

        Raises:
            TableInvalid: A feature is absent, or the model refuses a value.
        """
        encoded: list[float] = []
        try:
            for name, column in self.columns:
                column.append(values[name], encoded)
        except KeyError as error:
            raise _absent(str(error.args[0])) from None
        except (TypeError, ValueError) as error:
            raise refused(error) from error
        array = np.array(encoded).reshape(1, -1)
        largest = self.largest
        for number in encoded:
            if not -largest <= number <= largest:
                self._require_sound(array)
                break
        return array

    def rows(self, columns: Mapping[str, Column]) -> NDArray[np.float64]:
        """Return n rows, shape (n, width).

        Args:
            columns: By name, n values each.

        Raises:
            TableInvalid: A feature is absent, or the model refuses a value.
        """
        count = len(columns[self.features[0]]) if self.features[0] in columns else 0
        array = np.empty((count, len(self.may_lack)))
        at = 0
        for name, column in self.columns:
            if name not in columns:
                raise _absent(name)
            try:
                column.fill(columns[name], array[:, at : at + column.width])
            except (TypeError, ValueError) as error:
                raise refused(error) from error
            at += column.width
        self._require_sound(array)
        return array

    def _require_sound(self, array: NDArray[np.float64]) -> None:
        """Refuse what the model would: it takes no missing number, or none so large."""
        # Two passes without an array of their own; a missing number fails both.
        if not array.size or (-self.largest <= array.min() and array.max() <= self.largest):
            return
        within = np.abs(array) <= self.largest
        if (np.isnan(array) & ~self.may_lack).any():
            raise refused(ValueError("Input X contains NaN."))
        if not (within | np.isnan(array)).all():
            raise refused(ValueError("Input X contains infinity or a value too large."))


@dataclass(frozen=True, slots=True)
class _Numbers:
    """One column of numbers."""

    missing: float
    operations: tuple[tuple[str, float], ...]
    width: int = 1

    @classmethod
    def of(cls, column: NumberColumn) -> _Numbers:
        return cls(_NAN if column.missing is None else column.missing, column.operations)

    def append(self, value: Any, to: list[float]) -> None:  # noqa: ANN401 - as JSON has it
        number = self.missing if value is None else float(value)
        if number != number:  # noqa: PLR0124 - NaN, without the cost of a call
            number = self.missing
        for operation, by in self.operations:
            number = _APPLY[operation](number, by)
        to.append(number)

    def fill(self, values: Column, into: NDArray[np.float64]) -> None:
        numbers = np.array(values, dtype=np.float64)  # None becomes NaN
        numbers[np.isnan(numbers)] = self.missing
        for operation, by in self.operations:
            _ARRAYS[operation](numbers, by, out=numbers)
        into[:, 0] = numbers


@dataclass(frozen=True, slots=True, eq=False)
class _Categories:
    """One column of categories: what each becomes stands in a row of a table.

    The last two rows are those of an unknown and of a missing value.
    """

    places: dict[Any, int]
    table: NDArray[np.float64]
    tuples: tuple[tuple[float, ...], ...]
    refuses: tuple[bool, bool]
    width: int

    @classmethod
    def of(cls, column: CategoryColumn) -> _Categories:
        nothing = (None,) * column.width
        every = (*column.numbers, column.unknown or nothing, column.missing or nothing)
        tuples = tuple(tuple(_NAN if each is None else each for each in row) for row in every)
        return cls(
            {level: at for at, level in enumerate(column.levels)},
            np.array(tuples),
            tuples,
            (column.unknown is None, column.missing is None),
            column.width,
        )

    def append(self, value: Any, to: list[float]) -> None:  # noqa: ANN401 - as JSON has it
        place = self.places.get(value)
        if place is None:
            place = self._other(value)
        to.extend(self.tuples[place])

    def fill(self, values: Column, into: NDArray[np.float64]) -> None:
        if hasattr(values, "dictionary_encode"):  # Arrow finds the few distinct values itself
            encoded = values.dictionary_encode(null_encoding="encode")
            table = self.table[self._places(encoded.dictionary.to_pylist())]
            places = encoded.indices.to_numpy()
        else:
            table = self.table
            places = self._places(values.tolist() if isinstance(values, np.ndarray) else values)
        # A copy into every nth number is half as dear as taking rows right there.
        into[...] = np.take(table, places, axis=0)

    def _places(self, values: Sequence[Any]) -> NDArray[np.intp]:
        find, other = self.places.get, self._other
        return np.array(
            [found if (found := find(value)) is not None else other(value) for value in values],
            dtype=np.intp,
        )

    def _other(self, value: Any) -> int:  # noqa: ANN401 - as above
        lacks = value is None or value != value  # noqa: PLR0124 - NaN of whatever type
        if self.refuses[lacks]:
            what = "a missing value" if lacks else f"unknown category {value!r}"
            raise ValueError(f"Found {what} in a column.")
        return len(self.places) + lacks


def _absent(name: str) -> TableInvalid:
    return TableInvalid(f"There is no column {name!r}.", hint="Give a value for each feature.")


def _at_least(number: float, limit: float) -> float:
    return max(number, limit)  # NaN stays: it is the first


def _at_most(number: float, limit: float) -> float:
    return min(number, limit)


_APPLY = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul,
    "divide": operator.truediv, "at_least": _at_least, "at_most": _at_most,
}  # fmt: skip
_ARRAYS = {
    "add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide,
    "at_least": np.maximum, "at_most": np.minimum,
}  # fmt: skip
