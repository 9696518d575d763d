"""Fitted transformers of single columns as data: an encoding.

Numbers are followed operation by operation. Categories are asked: the fitted transformer itself
says what each of its levels becomes, an unknown one, and a missing one.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from lifecycle_core.adapters.model_parts import NotConvertible
from lifecycle_core.adapters.scorers.frames import frame_of
from lifecycle_core.schema.encoding import CategoryColumn, NumberColumn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.adapters.model_parts import Fitted, Parts
    from lifecycle_core.schema.contract import Contract
    from lifecycle_core.schema.encoding import Operation

    EncodedColumn = NumberColumn | CategoryColumn
    Answer = np.ndarray[Any, Any] | None

_ENCODERS = frozenset({"OneHotEncoder", "OrdinalEncoder", "TargetEncoder"})
_NUMBERS = frozenset({"integer", "number", "boolean"})


def encoded_columns(parts: Parts, contract: Contract) -> tuple[EncodedColumn, ...]:
    """Return what the front of a model makes of which feature, in the order of its output.

    Args:
        parts: The model, taken apart.
        contract: The types of its columns.

    Raises:
        NotConvertible: A transformer is not known here.
    """
    columns = [
        column
        for transformer, names in parts.front
        for column in _branch(transformer, names, contract)
    ]
    if parts.second is not None:
        singles = [single for column in columns for single in _singles(column)]
        columns = [
            _renumbered(singles[at], levels)
            for transformer, positions in parts.second
            for at, levels in zip(positions, _levels(transformer, positions), strict=True)
        ]
    return tuple(columns)


def _branch(transformer: Fitted, names: Sequence[str], contract: Contract) -> list[EncodedColumn]:
    if not names or transformer == "drop":
        return []
    if type(_last(transformer)).__name__ in _ENCODERS:
        return _tabulated(transformer, names, contract)
    types = {feature.name: feature.type for feature in contract.features}
    for name in names:
        if types[name] not in _NUMBERS:
            raise NotConvertible(f"column {name!r} of type {types[name]} is taken as a number")
    return [_number(transformer, at, name) for at, name in enumerate(names)]


def _steps(transformer: Fitted) -> list[Fitted]:
    if type(transformer).__name__ == "Pipeline":
        return [step for _, part in transformer.steps for step in _steps(part)]
    return [transformer]


def _last(transformer: Fitted) -> Fitted:
    return _steps(transformer)[-1]


def _number(transformer: Fitted, at: int, name: str) -> NumberColumn:
    """Follow one column of numbers through transformers, one after another."""
    missing: float | None = None
    operations: list[tuple[Operation, float]] = []
    for step in _steps(transformer):
        kind = type(step).__name__
        if kind == "str" or (kind == "FunctionTransformer" and _does_nothing(step.func)):
            continue
        if kind == "SimpleImputer" and not operations and not step.add_indicator:
            if missing is None:
                missing = float(step.statistics_[at])
            if not np.isfinite(missing) or not _is_nan(step.missing_values):
                raise NotConvertible(f"SimpleImputer has no number for {name!r}")
            continue
        operations += _scaling(step, at)
    return NumberColumn(feature=name, missing=missing, operations=tuple(operations))


def _does_nothing(function: Any) -> bool:  # noqa: ANN401 - of a FunctionTransformer
    """Return whether values go through as they are; gradient boosting only checks them."""
    return function is None or getattr(getattr(function, "func", None), "__name__", "") == (
        "check_array"
    )


def _scaling(step: Fitted, at: int) -> list[tuple[Operation, float]]:
    kind = type(step).__name__
    if kind == "StandardScaler":
        found: list[tuple[Operation, Any]] = [("subtract", step.mean_ if step.with_mean else None)]
        found.append(("divide", step.scale_))
    elif kind == "MinMaxScaler":
        found = [("multiply", step.scale_), ("add", step.min_)]
        if step.clip:
            low, high = step.feature_range
            clips: list[tuple[Operation, float]] = [("at_least", low), ("at_most", high)]
            return [*((name, float(by[at])) for name, by in found), *clips]
    elif kind == "MaxAbsScaler" and not getattr(step, "clip", False):
        found = [("divide", step.scale_)]
    elif kind == "RobustScaler":
        found = [("subtract", step.center_), ("divide", step.scale_)]
    else:
        raise NotConvertible(f"{kind} has no form as arrays of numbers here")
    return [(name, float(by[at])) for name, by in found if by is not None]


def _tabulated(
    transformer: Fitted, names: Sequence[str], contract: Contract
) -> list[EncodedColumn]:
    """Ask a fitted transformer what it makes of each category of each column."""
    encoder = _last(transformer)
    levels = [_known(categories) for categories in encoder.categories_]
    if not all(levels):
        raise NotConvertible(f"{type(encoder).__name__} knows no category of a column")
    ask = _Asking(transformer, names, contract, [each[0] for each in levels])
    widths = [_width(encoder, at) for at in range(len(names))]
    ends = np.cumsum(widths)
    columns: list[EncodedColumn] = []
    for at, name in enumerate(names):
        part = slice(int(ends[at]) - widths[at], int(ends[at]))
        numbers, unknown, missing = ask.all_of(at, levels[at])
        if numbers is None or numbers.shape[1] != ends[-1]:
            raise NotConvertible(f"{type(encoder).__name__} gives columns that are not understood")
        if widths[at]:
            columns.append(
                CategoryColumn(
                    feature=name,
                    levels=tuple(levels[at]),
                    numbers=tuple(_plain(row[part]) for row in numbers),
                    unknown=None if unknown is None else _plain(unknown[0, part]),
                    missing=None if missing is None else _plain(missing[0, part]),
                )
            )
    return columns


class _Asking:
    """Asks a fitted transformer about one column while the others stay at a level they know."""

    def __init__(
        self,
        transformer: Fitted,
        names: Sequence[str],
        contract: Contract,
        first: Sequence[Any],
    ) -> None:
        by_name = {feature.name: feature for feature in contract.features}
        self._contract = contract.model_copy(
            update={"features": tuple(by_name[name] for name in names)}
        )
        self._transformer, self._names, self._first = transformer, names, first

    def all_of(self, at: int, levels: Sequence[Any]) -> tuple[Answer, Answer, Answer]:
        """Return what it gives for the levels, for an unknown one, and for a missing value."""
        stranger = _stranger(levels)
        together = self(at, [*levels, stranger, None])
        if together is not None:  # as a rule, and then one question is enough
            return together[:-2], together[-2:-1], together[-1:]
        return self(at, levels), self(at, [stranger]), self(at, [None])

    def __call__(self, at: int, values: Sequence[Any]) -> Answer:
        """Return what it gives, shape (values, outputs); None if it refuses them."""
        columns = {
            name: list(values) if place == at else [first] * len(values)
            for place, (name, first) in enumerate(zip(self._names, self._first, strict=True))
        }
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about the unknown category that is the question
                given = self._transformer.transform(frame_of(columns, self._contract))
        except (ValueError, TypeError, KeyError):
            return None
        dense = given.toarray() if hasattr(given, "toarray") else given
        return np.asarray(dense, dtype=np.float64)


def _width(encoder: Fitted, at: int) -> int:
    if type(encoder).__name__ != "OneHotEncoder":
        return 1
    rare = (getattr(encoder, "infrequent_categories_", None) or [None] * (at + 1))[at]
    dropped = encoder.drop_idx_ is not None and encoder.drop_idx_[at] is not None
    count = len(encoder.categories_[at]) - int(dropped)
    return count if rare is None else count - len(rare) + 1


def _known(categories: Any) -> list[Any]:  # noqa: ANN401 - an array
    listed = categories.tolist() if hasattr(categories, "tolist") else list(categories)
    return [value for value in listed if value is not None and not _is_nan(value)]


def _stranger(levels: Sequence[Any]) -> Any:  # noqa: ANN401 - of the levels' own type
    """Return a value that is none of the levels."""
    if all(isinstance(level, bool) for level in levels):
        return None  # there is no third one
    if all(isinstance(level, (int, float)) for level in levels):
        return max(levels) + 1
    return max(map(str, levels), key=len) + "_"


def _plain(row: np.ndarray[Any, Any]) -> tuple[float | None, ...]:
    return tuple(None if np.isnan(number) else float(number) for number in row)


def _singles(column: EncodedColumn) -> list[EncodedColumn]:
    """Return a column of several numbers as several of one."""
    if isinstance(column, NumberColumn) or column.width == 1:
        return [column]
    return [
        CategoryColumn(
            feature=column.feature,
            levels=column.levels,
            numbers=tuple((row[at],) for row in column.numbers),
            unknown=column.unknown and (column.unknown[at],),
            missing=column.missing and (column.missing[at],),
        )
        for at in range(column.width)
    ]


def _levels(transformer: Fitted, positions: Sequence[int]) -> Sequence[list[Any] | None]:
    """Return for each position the levels that are numbered there; None where nothing happens."""
    if type(transformer).__name__ == "OrdinalEncoder":
        return [_known(categories) for categories in transformer.categories_]
    return [None] * len(positions)


def _renumbered(column: EncodedColumn, levels: list[Any] | None) -> EncodedColumn:
    """Return a column after an encoder that numbers levels and makes anything else missing."""
    if levels is None:
        return column
    place = {level: (float(at),) for at, level in enumerate(levels)}
    if isinstance(column, NumberColumn):
        if column.operations or column.missing is not None:
            raise NotConvertible(f"{column.feature!r} is scaled and then taken as a category")
        return CategoryColumn(
            feature=column.feature,
            levels=tuple(levels),
            numbers=tuple(place.values()),
            unknown=(None,),
            missing=(None,),
        )

    def again(row: tuple[float | None, ...] | None) -> tuple[float | None, ...] | None:
        return None if row is None else place.get(row[0], (None,))

    return column.model_copy(
        update={
            "numbers": tuple(again(row) for row in column.numbers),
            "unknown": again(column.unknown),
            "missing": again(column.missing),
        }
    )


def _is_nan(value: Any) -> bool:  # noqa: ANN401 - anything
    return isinstance(value, float) and np.isnan(value)
