"""Take a fitted model apart: what encodes columns one by one, and the rest, which takes an array.

search, tuned threshold --unwrap--> Pipeline --split--> front | rest
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

Fitted = Any
"""A fitted estimator or transformer, or a fitted part of one: scikit-learn gives them no type."""


class NotConvertible(ValueError):  # noqa: N818 - the name is the fact
    """A model, or a part of it, has no other form here; the message says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A fitted model in two parts.

    Attributes:
        front: Transformers with the names of the columns that each takes, in the order of their
            output; a text is `passthrough` or `drop`.
        second: A transformer of what the front gives, by position, if there is one: gradient
            boosting on histograms numbers categories itself.
        rest: The fitted estimator that takes the array.
    """

    front: tuple[tuple[Any, tuple[str, ...]], ...]
    second: tuple[tuple[Any, tuple[int, ...]], ...] | None
    rest: Any


def split(model: Fitted, features: Sequence[str]) -> Parts:
    """Take a fitted model apart; it stays as it is.

    Args:
        model: A fitted estimator.
        features: Names of the columns, in the order in which it takes them.

    Raises:
        NotConvertible: Columns are chosen in a way that is not known here.

    Example:
        >>> from sklearn.linear_model import LinearRegression
        >>> parts = split(LinearRegression().fit([[1.0], [2.0]], [1.0, 2.0]), ["months"])
        >>> parts.front, type(parts.rest).__name__
        ((('passthrough', ('months',)),), 'LinearRegression')
    """
    model = unwrapped(model)
    front: tuple[tuple[Any, tuple[str, ...]], ...] = (("passthrough", tuple(features)),)
    if _named(model, "Pipeline"):
        first = model.steps[0][1]
        if len(model.steps) > 1 and _named(first, "ColumnTransformer"):
            front, model = _branches(first, features), model[1:]
        elif len(model.steps) > 1 and _named(first, "OneHotEncoder", "OrdinalEncoder"):
            front, model = ((first, tuple(features)),), model[1:]
    rest = _nameless(unwrapped(model))
    second = None
    if (inner := getattr(rest, "_preprocessor", None)) is not None:
        # Its own encoder, which is run before the trees; without it they take what it gives.
        rest._preprocessor = None  # noqa: SLF001 - of a copy
        if front[0][0] == "passthrough":
            front = _branches(inner, features)
        else:
            width = range(inner.n_features_in_)
            second = tuple(
                (transformer, tuple(_positions(columns, width)))
                for _, transformer, columns in inner.transformers_
            )
    return Parts(front=front, second=second, rest=rest)


def unwrapped(model: Fitted) -> Fitted:
    """Return the estimator that gives a model's scores: without search or tuned threshold."""
    while True:
        if hasattr(model, "best_estimator_"):
            model = model.best_estimator_
        elif _named(model, "TunedThresholdClassifierCV", "FixedThresholdClassifier"):
            model = model.estimator_
        elif _named(model, "Pipeline") and len(model.steps) == 1:
            model = model.steps[0][1]
        else:
            return model


def _branches(
    transformer: Fitted, features: Sequence[str]
) -> tuple[tuple[Any, tuple[str, ...]], ...]:
    names = [str(name) for name in getattr(transformer, "feature_names_in_", features)]
    found = []
    for _, branch, columns in transformer.transformers_:
        if isinstance(columns, str):
            raise NotConvertible(f"{type(branch).__name__} takes one column as a list of texts")
        found.append((branch, tuple(names[at] for at in _positions(columns, names))))
    return tuple(found)


def _positions(columns: Any, names: Sequence[Any]) -> list[int]:  # noqa: ANN401 - names, positions, a mask or a slice
    import numpy as np

    if isinstance(columns, slice):
        if isinstance(columns.start, str) or isinstance(columns.stop, str):
            raise NotConvertible("columns are chosen by a slice of names")
        return list(range(len(names)))[columns]
    listed = np.asarray(columns)
    if listed.dtype == bool:
        return np.flatnonzero(listed).tolist()
    if listed.dtype.kind in "iu":
        return [int(at) % len(names) for at in listed]
    return [list(names).index(str(name)) for name in listed]


def _nameless(model: Fitted) -> Fitted:
    """Return a copy that takes arrays without a word about the names of their columns."""
    found = copy.copy(model)
    if _named(found, "Pipeline"):
        found.steps = [(name, _nameless(step)) for name, step in found.steps]
    elif hasattr(found, "feature_names_in_"):
        vars(found).pop("feature_names_in_", None)
    return found


def _named(model: Fitted, *names: str) -> bool:
    """Return whether something is one of scikit-learn's own classes of these names."""
    kind = type(model)
    return kind.__name__ in names and kind.__module__.startswith("sklearn.")
