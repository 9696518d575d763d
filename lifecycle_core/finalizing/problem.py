"""What finalization is asked, checked: the frame, the target, and the decision that is priced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lifecycle_core.errors import InvalidCall
from lifecycle_core.finalizing.decisions.base import Outcomes
from lifecycle_core.finalizing.decisions.shift import Shift
from lifecycle_core.finalizing.decisions.threshold import Threshold
from lifecycle_core.finalizing.pricing import amounts_of, linear_costs, matrix_of, priced_by

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from lifecycle_core.finalizing.decisions.base import Decision
    from lifecycle_core.schema.release_file import CostsSection, ReleaseFile

_TWO = 2
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows with their target.

    Attributes:
        features: n rows; a shallow copy, which pandas 3 copies in earnest before a write.
        target: Shape (n,), as estimators get it.
        outcomes: What was true: boolean (of the positive class) or a number; and how dear it is.
        name: Of the target.
    """

    features: pd.DataFrame
    target: NDArray[Any]
    outcomes: Outcomes
    name: str

    @property
    def truth(self) -> NDArray[Any]:
        """Shape (n,): boolean (of the positive class) or a number."""
        return self.outcomes.truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A finalization that can be carried out.

    Attributes:
        rows_per_run: Rows of one scoring run, from the release file, else those of `train`.
        decision: How a score becomes an action or a forecast, and what that costs.
        priced: Says how rows are priced; empty where all cost the same.
    """

    train: Rows
    holdout: Rows | None
    decision: Decision
    rows_per_run: int
    priced: str = ""


def read_problem(X: Any, y: Any, *, release: ReleaseFile, holdout: Any = None) -> Problem:  # noqa: N803, ANN401 - scikit-learn's names; the caller may pass anything
    """Check everything that can be checked before the first fit.

    Raises:
        InvalidCall: Something is not as finalization needs it; the message says what was got.
    """
    features = _features(X, "X")
    values, name = _target(y, features, "y")
    rows_per_run = release.workflow.rows_per_run or len(features)
    decision: Decision
    if release.model.task == "regression":
        _numeric(values, name)
        over, under = linear_costs(release.costs)
        decision = Shift(over=over, under=under, currency=release.costs.currency)
    else:
        positive = _positive(values, release.model.positive_class)
        decision = Threshold(
            matrix=matrix_of(release.costs),
            currency=release.costs.currency,
            positive=positive,
            target=name,
            rows_per_run=rows_per_run,
            actions_per_run=release.limits.actions_per_run,
        )
    outcomes = Outcomes(
        truth=decision.truth(values), amounts=amounts_of(release.costs, features, "X")
    )
    train = Rows(features=features, target=values, outcomes=outcomes, name=name)
    return Problem(
        train=train,
        holdout=None if holdout is None else _holdout(holdout, train, decision, release.costs),
        decision=decision,
        rows_per_run=rows_per_run,
        priced=priced_by(release.costs, outcomes),
    )


def _features(frame: Any, called: str) -> pd.DataFrame:  # noqa: ANN401 - anything may come
    import narwhals as nw
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        # The model is fitted and later served on pandas; polars and Arrow tables become that here.
        try:
            frame = nw.from_native(frame, eager_only=True).to_pandas()
        except TypeError:
            raise InvalidCall(
                f"{called} is a {type(frame).__name__}, it must be a DataFrame.",
                hint="Keep the features in a pandas, polars or Arrow table: their names become the "
                "data contract.",
            ) from None
    if strange := [column for column in list[Any](frame.columns) if not isinstance(column, str)]:
        raise InvalidCall(
            f"{called} has the column name {strange[0]!r}, every name must be text.",
            hint=f"Try {called}.columns = {called}.columns.astype(str).",
        )
    if twice := sorted(set(frame.columns[frame.columns.duplicated()])):
        raise InvalidCall(
            f"{called} has more than one column {twice[0]!r}, names must differ.",
            hint="Rename or drop one of them.",
        )
    if frame.empty:
        raise InvalidCall(
            f"{called} has {frame.shape[0]} rows and {frame.shape[1]} columns, it must hold both.",
            hint="See what the cells before left in it.",
        )
    features: pd.DataFrame = frame.copy(deep=False)
    return features


def _target(y: Any, features: pd.DataFrame, called: str) -> tuple[NDArray[Any], str]:  # noqa: ANN401 - anything may come
    import narwhals as nw
    import pandas as pd

    native = nw.from_native(y, series_only=True, pass_through=True)
    if isinstance(native, nw.Series):
        y = native.to_pandas()
    if isinstance(y, pd.DataFrame) or np.ndim(y) != 1:
        raise InvalidCall(
            f"{called} has shape {np.shape(y)}, it must be one column.",
            hint=f"Pass a Series, such as {called}['name'].",
        )
    series = y if isinstance(y, pd.Series) else pd.Series(y)
    if len(series) != len(features):
        raise InvalidCall(
            f"{called} has {len(series)} rows and its features {len(features)}, they must match.",
            hint="Make both with the same filter and the same split.",
        )
    if isinstance(y, pd.Series) and not series.index.equals(features.index):
        raise InvalidCall(
            f"The index of {called} differs from that of its features: rows may not line up.",
            hint="Take both from one frame, or reset both indexes once their order is the same.",
        )
    if empty := int(series.isna().sum()):
        raise InvalidCall(
            f"{called} is empty in {empty} of {len(series)} rows, every row needs a target.",
            hint="Drop the rows whose outcome is not known yet.",
        )
    name = str(series.name) if isinstance(y, pd.Series) and series.name is not None else "target"
    if name in features.columns:
        raise InvalidCall(
            f"The features hold the target {name!r}: the model would be told the answer.",
            hint=f"Drop it from the features: X.drop(columns={name!r}).",
        )
    values = series.to_numpy()
    if values.dtype == object and not all(isinstance(value, str) for value in values):
        values = np.array(series.tolist())  # nullable booleans and integers come as objects
    return values, name


def _numeric(values: NDArray[Any], name: str) -> None:
    if values.dtype.kind not in "iuf" or not np.isfinite(values).all():
        raise InvalidCall(
            f"The target {name!r} holds {values.dtype} values, a regression needs finite numbers.",
            hint="Convert it, or write `task: classification` under `model` in the release file.",
        )


def _positive(values: NDArray[Any], wanted: str | float | None) -> Any:  # noqa: ANN401 - a label
    classes = np.unique(values).tolist()
    listed = ", ".join(repr(value) for value in classes[:_SHOWN])
    if len(classes) != _TWO:
        more = ", ..." if len(classes) > _SHOWN else ""
        hint = (
            "Take rows of both outcomes."
            if len(classes) < _TWO
            else "One decision needs one question: make y binary, such as y == 'late', with one "
            "release for each question; for a number write `task: regression` under `model`."
        )
        raise InvalidCall(
            f"y holds {len(classes)} classes ({listed}{more}), a decision needs two.", hint=hint
        )
    if wanted is None and set(classes) == {0, 1}:
        return classes[1]
    for label in classes:
        if label == wanted or str(label) == str(wanted):
            return label
    if wanted is None:
        fact = f"model.positive_class is missing, and y holds {listed}."
    else:
        fact = f"model.positive_class is {wanted!r}, but y holds {listed}."
    example, note = str(classes[1]), ""
    if isinstance(classes[1], str):
        example, note = f'"{example}"', " (in quotes: YAML reads a bare Yes or No as true or false)"
    raise InvalidCall(
        fact,
        hint=f"Write, for example, `positive_class: {example}` under `model` in the release file"
        f"{note}.",
    )


def _holdout(given: Any, train: Rows, decision: Decision, costs: CostsSection) -> Rows:  # noqa: ANN401 - anything may come
    if not isinstance(given, tuple | list) or len(given) != _TWO:
        raise InvalidCall(
            f"holdout is a {type(given).__name__}, it must be the pair (X, y).",
            hint="Try holdout=(X_test, y_test).",
        )
    features = _features(given[0], "the holdout's X")
    wanted = train.features.columns
    missing = [column for column in wanted if column not in features.columns]
    extra = [column for column in features.columns if column not in wanted]
    if missing or extra:
        raise InvalidCall(
            "The holdout has other columns than X: "
            + "; ".join(
                f"{word} {', '.join(map(repr, names[:_SHOWN]))}"
                for word, names in (("it lacks", missing), ("it adds", extra))
                if names
            )
            + ".",
            hint="Make the features before the split, or make both in the same way.",
        )
    features = features[list(wanted)]
    values, _ = _target(given[1], features, "the holdout's y")
    known, unknown = set(np.unique(train.target).tolist()), set(np.unique(values).tolist())
    if isinstance(decision, Threshold) and unknown - known:
        raise InvalidCall(
            f"The holdout's y holds {min(unknown - known, key=str)!r}, which y does not.",
            hint="Take both from one column.",
        )
    if isinstance(decision, Shift):
        _numeric(values, train.name)
    outcomes = Outcomes(
        truth=decision.truth(values), amounts=amounts_of(costs, features, "the holdout's X")
    )
    return Rows(features=features, target=values, outcomes=outcomes, name=train.name)
