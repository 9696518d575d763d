"""The choice itself: limits first, then the lowest expected cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.progress import Progress, Silent
from lifecycle_core.errors import InvalidCall
from lifecycle_core.finalizing.candidates import (
    Measured,
    difference,
    fitted,
    holdout_metrics,
    measure,
    read_candidates,
)
from lifecycle_core.finalizing.problem import Problem, read_problem
from lifecycle_core.finalizing.reasons import reason
from lifecycle_core.schema.finalization import Comparison, Finalization

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from lifecycle_core.adapters.evidence import EvidenceStore
    from lifecycle_core.schema.release_file import ReleaseFile

_FEWEST_FOLDS = 2


def finalize(
    candidates: Mapping[str, Any],
    X: Any,  # noqa: ANN401, N803 - scikit-learn's name; checked inside
    y: Any,  # noqa: ANN401 - checked inside
    *,
    release: ReleaseFile,
    evidence: EvidenceStore,
    holdout: tuple[Any, Any] | None = None,
    folds: int = 5,
    seed: int = 0,
    progress: Progress = Silent(),  # noqa: B008 - it holds no state
) -> Finalization:
    """Choose one candidate and one decision rule by what they cost, and keep the fitted model.

    Args:
        candidates: Names and scikit-learn estimators, simplest first: where costs cannot be told
            apart, the record names the simpler one. They are cloned, never changed.
        X: DataFrame of n rows with text column names.
        y: n target values; two classes, or numbers for a regression.
        release: Costs, limits and the positive class.
        evidence: Keeps the record, the fitted model and the frame.
        holdout: (X, y) of rows that take no part in the choice; they are only measured.
        folds: Folds for out-of-fold scores, at least 2.
        seed: Of folds and bootstrap, at least 0.
        progress: Told about each candidate.

    Returns:
        The record, with the digest of the model's file where one was kept.

    Raises:
        InvalidCall: Something given is not as it must be, or every candidate breaks a limit.

    Example:
        >>> from sklearn.datasets import load_breast_cancer
        >>> from sklearn.dummy import DummyClassifier
        >>> from sklearn.tree import DecisionTreeClassifier
        >>> from lifecycle_core.adapters.evidence import EvidenceInMemory
        >>> from lifecycle_core.schema.release_file import ReleaseFile
        >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
        >>> release = ReleaseFile.model_validate(
        ...     {
        ...         "model": {"name": "biopsy", "positive_class": 0},
        ...         "costs": {"false_positive": 1, "false_negative": 5},
        ...     }
        ... )
        >>> candidates = {
        ...     "nothing": DummyClassifier(),
        ...     "tree": DecisionTreeClassifier(max_depth=3, random_state=0),
        ... }
        >>> record = finalize(candidates, X, y, release=release, evidence=EvidenceInMemory())
        >>> record.chosen, record.rule.kind
        ('tree', 'threshold')
    """
    if folds < _FEWEST_FOLDS or seed < 0:
        raise InvalidCall(
            f"folds is {folds} and seed is {seed}, they must be at least {_FEWEST_FOLDS} and 0.",
            hint="Leave them out to get 5 and 0.",
        )
    estimators = read_candidates(candidates)
    problem = read_problem(X, y, release=release, holdout=holdout)
    splits = problem.decision.splits(problem.train.truth, folds, seed)
    measured = {}
    for name, estimator in estimators.items():
        progress.begin(f"Finalizing candidate {name}")
        measured[name] = measure(name, estimator, problem, splits, limits=release.limits, seed=seed)
        progress.end(f"Finalizing candidate {name}")
    chosen = _cheapest(measured)
    train = problem.train
    model = fitted(chosen, estimators[chosen], train.features, train.target)
    record = _record(measured, chosen, problem, release=release, folds=folds, seed=seed)
    record = record.model_copy(
        update={
            "classes": tuple(str(label) for label in getattr(model, "classes_", ())),
            "holdout": holdout_metrics(chosen, model, problem, record.rule),
        }
    )
    return evidence.keep(record, model, train.features, _held_out(measured[chosen], problem))


def _held_out(best: Measured, problem: Problem) -> pd.DataFrame:
    """Return what the chosen candidate gave for each row while it was held out."""
    import pandas as pd

    decided = problem.decision.decide(best.scores, best.result.rule)
    columns = {"score": best.scores, "decision": decided, "label": problem.train.truth}
    return pd.DataFrame({name: values.astype(float) for name, values in columns.items()})


def _cheapest(measured: Mapping[str, Measured]) -> str:
    fit = [found.result for found in measured.values() if not found.result.broken_limits]
    if not fit:
        broken = "; ".join(
            f"{name}: {', '.join(found.result.broken_limits)}" for name, found in measured.items()
        )
        raise InvalidCall(
            f"Every candidate breaks a limit ({broken}).",
            hint="Offer a lighter candidate, or raise the limit in the release file.",
        )
    return min(fit, key=lambda result: result.expected_cost).name


def _record(
    measured: Mapping[str, Measured],
    chosen: str,
    problem: Problem,
    *,
    release: ReleaseFile,
    folds: int,
    seed: int,
) -> Finalization:
    train, decision = problem.train, problem.decision
    best = measured[chosen]
    comparisons = []
    for name, found in measured.items():
        if name != chosen:
            extra, interval = difference(found, best, problem, seed)
            comparisons.append(Comparison(candidate=name, difference=extra, interval=interval))
    rule = best.result.rule
    results = tuple(found.result for found in measured.values())
    return Finalization(
        release=release.model.name,
        task=release.model.task,
        target=train.name,
        positive_class=decision.positive_class,
        features=tuple(train.features.columns),
        rows=len(train.features),
        rows_per_run=problem.rows_per_run,
        currency=decision.currency,
        folds=folds,
        seed=seed,
        candidates=results,
        chosen=chosen,
        rule=rule,
        comparisons=tuple(comparisons),
        reason=reason(
            results,
            chosen,
            tuple(comparisons),
            constant=decision.constant(train.outcomes),
            explained=decision.explain(best.scores, train.outcomes, rule),
            priced=problem.priced,
            currency=decision.currency,
            rows_per_run=problem.rows_per_run,
        ),
        curve=decision.curve(best.scores, train.outcomes, rule, problem.rows_per_run),
    )
