"""Measure one candidate out of fold: scores, an honest cost per row, and how fast it is."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from lifecycle_core.errors import InvalidCall
from lifecycle_core.finalizing.decisions.base import mean_cost
from lifecycle_core.schema.finalization import CandidateResult, Interval
from lifecycle_core.stats.bootstrap import mean_interval
from lifecycle_core.stats.cost import savings

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from lifecycle_core.finalizing.decisions.base import Decision
    from lifecycle_core.finalizing.problem import Problem
    from lifecycle_core.schema.finalization import DecisionRule
    from lifecycle_core.schema.release_file import LimitsSection


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A candidate and its out-of-fold figures.

    Attributes:
        scores: Shape (n,); each row's score from a model that never saw it.
        costs: Shape (n,); each row's cost under a rule chosen without that row's fold; NaN where
            its own costs are not known.
    """

    result: CandidateResult
    scores: NDArray[Any]
    costs: NDArray[Any]


def read_candidates(candidates: Any) -> dict[str, Any]:  # noqa: ANN401 - anything may come
    """Check the mapping of names to estimators; its order is the user's, simplest first.

    Raises:
        InvalidCall: It is no mapping, is empty, or holds something that is no estimator.
    """
    if not hasattr(candidates, "items"):
        raise InvalidCall(
            f"candidates is a {type(candidates).__name__}, it must map names to estimators.",
            hint="Try candidates = {'logistic': LogisticRegression(), ...}, simplest first.",
        )
    if not candidates:
        raise InvalidCall(
            "candidates is empty, it must hold at least one estimator.",
            hint="Try candidates = {'logistic': LogisticRegression(), ...}, simplest first.",
        )
    for name, estimator in candidates.items():
        if not isinstance(name, str):
            raise InvalidCall(
                f"The candidate name {name!r} is a {type(name).__name__}, it must be text.",
                hint="Names stand in the record and on the model card.",
            )
        wanted = ("fit", "get_params")
        if isinstance(estimator, type) or not all(hasattr(estimator, word) for word in wanted):
            got = estimator.__name__ if isinstance(estimator, type) else type(estimator).__name__
            raise InvalidCall(
                f"Candidate {name!r} is {got}, it must be a scikit-learn estimator.",
                hint="Pass an instance with fit and get_params; fitted or not, it is cloned.",
            )
    return dict(candidates)


def fitted(name: str, estimator: Any, features: pd.DataFrame, target: NDArray[Any]) -> Any:  # noqa: ANN401 - any estimator
    """Return a fitted clone; the estimator itself stays as it is.

    Raises:
        InvalidCall: The clone or the fit failed, with the estimator's own words.
    """
    from sklearn.base import clone

    try:
        return clone(estimator).fit(features, target)
    except (TypeError, ValueError) as error:
        first = str(error).strip().partition("\n")[0]
        raise InvalidCall(
            f"Candidate {name!r} cannot be fitted: {type(error).__name__}: {first}",
            hint="Fit it alone on the same X and y to see the whole error; text columns and "
            "missing values need a step of the pipeline.",
        ) from error


def measure(
    name: str,
    estimator: Any,  # noqa: ANN401 - any estimator
    problem: Problem,
    folds: list[tuple[NDArray[Any], NDArray[Any]]],
    *,
    limits: LimitsSection,
    seed: int,
) -> Measured:
    """Fit a clone per fold and price what it scores.

    The rule that is applied to a fold is chosen on the other folds' scores, so that no row takes
    part in the choice of the rule it is judged by.

    Raises:
        InvalidCall: The candidate cannot be fitted, cannot score, or scores with NaN.
    """
    train, decision = problem.train, problem.decision
    scores = np.full(train.truth.size, np.nan)
    fitting = scoring = 0.0
    for rows, others in folds:
        begun = perf_counter()
        model = fitted(name, estimator, train.features.iloc[rows], train.target[rows])
        fitting += perf_counter() - begun
        held_out = train.features.iloc[others]
        begun = perf_counter()
        scores[others] = _scored(name, model, held_out, decision)
        scoring += perf_counter() - begun
    if lost := int((~np.isfinite(scores)).sum()):
        raise InvalidCall(
            f"Candidate {name!r} gave no finite score for {lost} of {scores.size} rows.",
            hint="See what it does with the rows whose features are missing or extreme.",
        )
    decided = np.empty_like(train.truth)
    for rows, others in folds:
        rule = decision.choose(scores[rows], train.outcomes.of(rows))
        decided[others] = decision.decide(scores[others], rule)
    costs = decision.costs(decided, train.outcomes)
    rule = decision.choose(scores, train.outcomes)
    milliseconds = 1_000 * scoring / scores.size
    cost = mean_cost(costs)
    result = CandidateResult(
        name=name,
        estimator=_class_of(estimator),
        metrics=decision.metrics(scores, decided, train.truth),
        rule=rule,
        expected_cost=cost,
        cost_interval=cost_interval(costs, train.truth, decision, seed=seed),
        cost_per_run=cost * problem.rows_per_run,
        actions_per_run=decision.actions(scores, rule),
        savings=savings(cost, decision.constant(train.outcomes).cost),
        fit_seconds=fitting / len(folds),
        predict_ms_per_row=milliseconds,
        broken_limits=_broken(milliseconds, limits),
    )
    return Measured(result=result, scores=scores, costs=costs)


def cost_interval(
    costs: NDArray[np.float64], truth: NDArray[Any], decision: Decision, *, seed: int = 0
) -> Interval:
    """Return the bootstrap interval of the mean of what is known; NaN is not.

    Args:
        costs: Shape (n,), or differences of costs.
        truth: Shape (n,), for the strata.
        decision: Says which strata there are.
        seed: Of the bootstrap.
    """
    known = np.isfinite(costs)
    return mean_interval(costs[known], decision.strata(truth[known]), seed=seed)


def difference(
    other: Measured, chosen: Measured, problem: Problem, seed: int
) -> tuple[float, Interval]:
    """Return what `other` costs more per run than `chosen`, with its paired interval."""
    extra = other.costs - chosen.costs
    interval = cost_interval(extra, problem.train.truth, problem.decision, seed=seed)
    run = problem.rows_per_run
    return mean_cost(extra) * run, Interval(
        low=interval.low * run, high=interval.high * run, level=interval.level
    )


def holdout_metrics(
    name: str,
    model: Any,  # noqa: ANN401 - any estimator
    problem: Problem,
    rule: DecisionRule,
) -> dict[str, float]:
    """Return metrics and money on the rows that took no part in the choice, or nothing.

    Raises:
        InvalidCall: The model refuses those rows.
    """
    if problem.holdout is None:
        return {}
    rows, decision = problem.holdout, problem.decision
    scores = _scored(name, model, rows.features, decision)
    decided = decision.decide(scores, rule)
    cost = mean_cost(decision.costs(decided, rows.outcomes))
    found = decision.metrics(scores, decided, rows.truth)
    found |= {"expected_cost": cost, "cost_per_run": cost * problem.rows_per_run}
    actions = decision.actions(scores, rule)
    return found if actions is None else found | {"actions_per_run": actions}


def _scored(name: str, model: Any, features: pd.DataFrame, decision: Decision) -> NDArray[Any]:  # noqa: ANN401 - any estimator
    """Return a model's scores of rows that it was not fitted on.

    Raises:
        InvalidCall: It refuses them, with its own words: for example a category that it never saw.
    """
    try:
        return decision.scores(name, model, features)
    except (TypeError, ValueError) as error:
        first = str(error).strip().partition("\n")[0]
        raise InvalidCall(
            f"Candidate {name!r} cannot score rows that it was not fitted on: "
            f"{type(error).__name__}: {first}",
            hint="It has to take whatever rows may bring, such as a category of a few rows: "
            "OneHotEncoder(handle_unknown='ignore'), or min_frequency to put rare ones together.",
        ) from error


def _broken(milliseconds: float, limits: LimitsSection) -> tuple[str, ...]:
    limit = limits.predict_ms_per_row
    if limit is None or milliseconds <= limit:
        return ()
    return (f"scoring a row takes longer than limits.predict_ms_per_row allows ({limit:g} ms)",)


def _class_of(estimator: Any) -> str:  # noqa: ANN401 - any estimator
    """Return the class as people import it: `sklearn.linear_model.LogisticRegression`."""
    steps: Mapping[str, Any] | None = getattr(estimator, "named_steps", None)
    inner = list(steps.values())[-1] if steps else estimator
    public = [part for part in type(inner).__module__.split(".") if not part.startswith("_")]
    return ".".join([*public, type(inner).__qualname__])
