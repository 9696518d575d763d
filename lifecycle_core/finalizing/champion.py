"""Compare a new candidate with the release it is to replace: the same rows, each its own rule.

    rows of the new run --both models, both rules--> cost per row, paired --bootstrap--> standing

Money is that of the new release file. Where the other model cannot score the new rows, the record
says why, and nothing is claimed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from lifecycle_core.errors import InvalidCall
from lifecycle_core.finalizing.candidates import cost_interval, measure
from lifecycle_core.finalizing.decisions.base import mean_cost
from lifecycle_core.finalizing.problem import Problem, read_problem
from lifecycle_core.schema.finalization import Interval
from lifecycle_core.schema.retraining import ChampionComparison, Contender, Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from lifecycle_core.finalizing.decisions.base import Decision
    from lifecycle_core.finalizing.problem import Rows
    from lifecycle_core.schema.finalization import DecisionRule, Finalization
    from lifecycle_core.schema.release_file import ReleaseFile

_SHOWN = 5
_OVERLAP = (
    "Rows that the other model was trained on make it look cheaper than it is; whether these rows "
    "are among them is not known here."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """The release that is to be replaced.

    Attributes:
        model: Loaded from its verified bundle under the policy of trust.
        finalization: Its own.
        version: Its version.
        alias: `champion`, or empty.
    """

    model: Any
    finalization: Finalization
    version: int
    alias: str = ""


class _Scored(NamedTuple):
    """Decisions and costs of one side, arrays of shape (n,)."""

    scores: NDArray[Any]
    decided: NDArray[Any]
    costs: NDArray[Any]


def compare_with(
    other: Other,
    *,
    candidates: Mapping[str, Any],
    X: Any,  # noqa: ANN401, N803 - scikit-learn's name; checked inside
    y: Any,  # noqa: ANN401 - checked inside
    holdout: tuple[Any, Any] | None,
    model: Any,  # noqa: ANN401 - any fitted estimator
    finalization: Finalization,
    release: ReleaseFile,
) -> ChampionComparison:
    """Score both models on the new run's holdout, or on its training rows without one.

    Args:
        other: The release that is to be replaced.
        candidates: Those that the new one was chosen from.
        X: DataFrame that the new model was fitted on.
        y: Its target.
        holdout: (X, y) of rows that took no part in the choice.
        model: The new model, fitted.
        finalization: Its record.
        release: Costs and limits that both are judged by.

    Raises:
        InvalidCall: Something given is not as finalization needs it.
    """
    problem = read_problem(X, y, release=release, holdout=holdout)
    rows = problem.holdout or problem.train
    scored_on: Literal["holdout", "cross_validation"] = (
        "holdout" if problem.holdout else "cross_validation"
    )
    told = ChampionComparison(
        release=release.model.name,
        version=other.version,
        alias=other.alias,
        standing="not_comparable",
        rows=len(rows.features),
        scored_on=scored_on,
        rows_per_run=problem.rows_per_run,
        currency=problem.decision.currency,
    )
    if why := "; ".join(_unlike(other.finalization, finalization, rows)):
        return told.model_copy(
            update={"reason": (f"The other release cannot be compared: {why}.",)}
        )
    try:
        theirs = _scored(other.model, other.finalization, rows, problem.decision)
    except (InvalidCall, ValueError, TypeError, KeyError, AttributeError) as error:
        first = str(error).strip().partition("\n")[0]
        said = f"The other model cannot score these rows: {type(error).__name__}: {first}"
        return told.model_copy(update={"reason": (said,)})
    ours = (
        _scored(model, finalization, rows, problem.decision)
        if problem.holdout
        else _out_of_fold(candidates[finalization.chosen], finalization, problem, release)
    )
    return _judged(
        told, problem, rows, release, theirs=(other.finalization, theirs), ours=(finalization, ours)
    )


def _unlike(theirs: Finalization, ours: Finalization, rows: Rows) -> Iterator[str]:
    """Yield why the other model cannot be asked about these rows."""
    for what, before, now in (
        ("task", theirs.task, ours.task),
        ("target", theirs.target, ours.target),
        ("positive class", theirs.positive_class, ours.positive_class),
    ):
        if before != now:
            yield f"its {what} is {before}, now it is {now}"
    if missing := [name for name in theirs.features if name not in rows.features.columns]:
        more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
        yield f"it needs columns that are gone: {', '.join(missing[:_SHOWN])}{more}"


def _scored(model: Any, record: Finalization, rows: Rows, decision: Decision) -> _Scored:  # noqa: ANN401 - any estimator
    scores = decision.scores(record.chosen, model, rows.features[list(record.features)])
    decided = decision.decide(scores, record.rule)
    return _Scored(scores, decided, decision.costs(decided, rows.outcomes))


def _out_of_fold(
    estimator: Any,  # noqa: ANN401 - any estimator
    record: Finalization,
    problem: Problem,
    release: ReleaseFile,
) -> _Scored:
    """Return the new model's scores and costs on its training rows, each from other rows."""
    splits = problem.decision.splits(problem.train.truth, record.folds, record.seed)
    found = measure(
        record.chosen, estimator, problem, splits, limits=release.limits, seed=record.seed
    )
    decided = problem.decision.decide(found.scores, record.rule)
    return _Scored(found.scores, decided, found.costs)


def _judged(
    told: ChampionComparison,
    problem: Problem,
    rows: Rows,
    release: ReleaseFile,
    *,
    theirs: tuple[Finalization, _Scored],
    ours: tuple[Finalization, _Scored],
) -> ChampionComparison:
    extra = ours[1].costs - theirs[1].costs
    careful = _with_two_that_differ(extra, rows.truth, problem.decision)
    interval = _times(cost_interval(*careful, problem.decision), problem.rows_per_run)
    difference = mean_cost(extra) * problem.rows_per_run
    standing: Standing = "undecided"
    if interval.high < 0 or interval.low > 0:
        standing = "better" if interval.high < 0 else "worse"
    champion, candidate = (
        _contender(record, scored, problem, rows, release) for record, scored in (theirs, ours)
    )
    return told.model_copy(
        update={
            "standing": standing,
            "champion": champion,
            "candidate": candidate,
            "difference": difference,
            "interval": interval,
            "reason": (
                _sentence(standing, told, interval),
                *(
                    f"{who} {limit}"
                    for who, side in ((f"Version {told.version}", champion), ("The new", candidate))
                    for limit in side.broken_limits
                ),
                _OVERLAP,
            ),
        }
    )


def _with_two_that_differ(
    extra: NDArray[np.float64], truth: NDArray[Any], decision: Decision
) -> tuple[NDArray[np.float64], NDArray[Any]]:
    """Return differences and outcomes with two rows more in each stratum, one for either side.

    A few rows that all differ alike have no spread, and yet the next one may be otherwise. With
    these two the interval of few rows is wide, and that of many as it was: as Agresti and Coull's
    of a share. https://doi.org/10.1080/00031305.1998.10480550
    """
    known = np.isfinite(extra)
    extra, truth = extra[known], truth[known]
    strata = decision.strata(truth)
    strata = np.zeros(extra.size) if strata is None else strata
    _, first = np.unique(strata, return_index=True)
    most = np.abs(extra).max(initial=0.0)
    return (
        np.concatenate([extra, np.full(first.size, most), np.full(first.size, -most)]),
        np.concatenate([truth, truth[first], truth[first]]),
    )


def _sentence(standing: Standing, told: ChampionComparison, interval: Interval) -> str:
    level, other = f"{interval.level:.0%}", f"version {told.version}"
    where = "held-out rows" if told.scored_on == "holdout" else "cross-validated rows"
    if standing == "undecided":
        return (
            f"On {told.rows:,} {where} the new model cannot be told apart from {other} by cost: "
            f"the {level} interval of the difference holds zero."
        )
    word = "less" if standing == "better" else "more"
    return (
        f"On {told.rows:,} {where} the new model costs {word} than {other}: the {level} interval "
        "of the difference lies on one side of zero."
    )


def _contender(
    record: Finalization, scored: _Scored, problem: Problem, rows: Rows, release: ReleaseFile
) -> Contender:
    decision, times = problem.decision, problem.rows_per_run
    cost = mean_cost(scored.costs) * times
    actions = _actions(scored, record.rule, times)
    metrics = decision.metrics(scored.scores, scored.decided, rows.truth)
    figures = {**metrics, "cost_per_run": cost, "expected_cost": cost / times}
    if actions is not None:
        figures["actions_per_run"] = actions
    return Contender(
        candidate=record.chosen,
        rule=record.rule,
        cost_per_run=cost,
        cost_interval=_times(cost_interval(scored.costs, rows.truth, decision), times),
        actions_per_run=actions,
        metrics=metrics,
        broken_limits=tuple(_broken(figures, release)),
    )


def _actions(scored: _Scored, rule: DecisionRule, times: int) -> float | None:
    if not rule.acts:
        return None
    return float(scored.decided.mean()) * times


def _broken(figures: Mapping[str, float], release: ReleaseFile) -> Iterator[str]:
    """Yield the business limits that figures do not keep, each as the end of a sentence."""
    value, most = release.value, release.limits.actions_per_run
    named = [metric for metric in (value.operating_metric, value.financial_metric) if metric]
    for metric in named:
        figure = figures.get(metric.name.removeprefix("holdout."))
        if figure is None:
            continue
        if metric.at_most is not None and figure > metric.at_most:
            yield f"has {metric.name} {figure:,.4g}, set to at most {metric.at_most:,.4g}."
        if metric.at_least is not None and figure < metric.at_least:
            yield f"has {metric.name} {figure:,.4g}, set to at least {metric.at_least:,.4g}."
    if any(metric.name == "actions_per_run" for metric in named):
        return
    if most is not None and figures.get("actions_per_run", 0.0) > most:
        yield f"acts on {figures['actions_per_run']:,.0f} rows per run, the limit is {most:,}."


def _times(interval: Interval, rows: int) -> Interval:
    return Interval(low=interval.low * rows, high=interval.high * rows, level=interval.level)
