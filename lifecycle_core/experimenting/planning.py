"""The plan that somebody wishes for, checked, before it is known how long it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypedDict

from lifecycle_core.adapters.configuring import validated
from lifecycle_core.errors import InvalidCall
from lifecycle_core.experimenting.metric_words import arms_of, metric_of, share_in
from lifecycle_core.schema.experiment import ExperimentPlan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.schema.contract import Contract
    from lifecycle_core.schema.release_file import CostsSection
    from lifecycle_core.schema.review import Grain

_UNKNOWN_YET = {"periods": 1, "units": 4}


class Wishes(TypedDict, total=False):
    """What may be wished for besides the metric and the effect; `ExperimentPlan` says what it is.

    Attributes:
        arms: Such as `challenger=50`: alias and percent of the units.
        secondary: Other metrics, as they are typed.
        guardrails: Metrics with a margin: `latency_ms/timed down 10%`.
        least: Effect that has to be exceeded for sure.
    """

    arms: Sequence[str]
    secondary: Sequence[str]
    guardrails: Sequence[str]
    segments: Sequence[str]
    unit: str | None
    holdout: float
    period: Grain
    history_days: int
    maturity_days: float
    looks: Literal["always"] | int
    level: float
    power: float
    least: float
    worth: float | None
    hypothesis: str


def plan_of(
    release: str, name: str, *, metric: str, effect: float | str, wishes: Wishes
) -> ExperimentPlan:
    """Return the plan, of one period as long as nothing else is known.

    Args:
        release: Name of the release.
        name: Of the experiment.
        metric: The one that decides, as it is typed.
        effect: That is planned for, as a share of the control's value: 0.05 or `5%`.
        wishes: Everything else.

    Raises:
        InvalidCall: Something of it cannot be.

    Example:
        >>> plan_of("churn", "autumn", metric="money", effect="5%", wishes={}).arms
        {'challenger': 50.0}
    """
    ruled = {name: wishes[name] for name in ("looks", "level", "power", "least") if name in wishes}
    plain: dict[str, Any] = {
        name: wishes[name]
        for name in (
            "segments", "unit", "holdout", "period", "history_days", "maturity_days", "worth",
            "hypothesis",
        )
        if name in wishes
    }  # fmt: skip
    return validated(
        ExperimentPlan,
        {
            "name": name,
            "release": release,
            "salt": f"{release}-{name}",
            "arms": arms_of(wishes.get("arms") or ("challenger=50",)),
            "metric": metric_of(metric),
            "secondary": [metric_of(text) for text in wishes.get("secondary", ())],
            "guardrails": [
                metric_of(text, guardrail=True) for text in wishes.get("guardrails", ())
            ],
            "rule": {"effect": share_in(effect, "--effect"), **ruled},
            **plain,
            **_UNKNOWN_YET,
        },
        file="The plan",
    )


def require_units(plan: ExperimentPlan, key: Sequence[str], contract: Contract | None) -> None:
    """Refuse a plan whose unit or segments the log says nothing of.

    Args:
        plan: The plan.
        key: Columns of the business key.
        contract: Says which features the log keeps.

    Raises:
        InvalidCall: It says nothing of one.
    """
    features = contract.features if contract else ()
    kept = {each.name for each in features if each.log == "value"}
    if plan.unit is None and not key:
        raise InvalidCall(
            f"The log names no unit of {plan.release}: its release file has no `workflow.key`.",
            hint="Declare the business key in the release file and release again, or name a "
            "feature that tells units apart with --unit.",
        )
    if plan.unit is not None and plan.unit not in key and plan.unit not in kept:
        raise InvalidCall(
            f"The log says nothing of {plan.unit!r}: it is neither in the business key nor a "
            "feature whose value is kept.",
            hint=f"Units may be {', '.join([*key, *sorted(kept)][:8])}.",
        )
    if lost := [name for name in plan.segments if name not in kept]:
        raise InvalidCall(
            f"The log says nothing of the segment {lost[0]!r}.",
            hint=f"Segments may be {', '.join(sorted(kept)[:8])}.",
        )


def require_costs(plan: ExperimentPlan, costs: CostsSection, *, acts: bool) -> None:
    """Refuse a plan that measures costs which the release file does not declare.

    Args:
        plan: The plan.
        costs: Of the release file.
        acts: A decision is to act or not; else it is a number in the target's unit.

    Raises:
        InvalidCall: A cost is wanted and not declared; each unit would cost nothing.
    """
    metrics = (plan.metric, *plan.secondary, *plan.guardrails)
    if not any("cost" in {each.of, each.per} for each in metrics):
        return
    wanted = ("false_positive", "false_negative") if acts else ("over", "under")
    if lost := [name for name in wanted if getattr(costs, name) is None]:
        raise InvalidCall(
            f"The plan measures costs, and the release file of {plan.release} does not declare "
            f"{' and '.join(f'`costs.{name}`' for name in lost)}.",
            hint="Declare it and release again, or measure something else, such as money.",
        )
