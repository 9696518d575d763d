"""Ship, stop or keep running, by the rule that was declared before the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.experimenting.effects import towards_better

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lifecycle_core.experimenting.effects import Look
    from lifecycle_core.schema.experiment import ExperimentPlan
    from lifecycle_core.schema.readout import Decision, MetricReading, TrustCheck


class End(NamedTuple):
    """Why an experiment was stopped, and whether all that comes of its predictions is there."""

    reason: str
    ripe: bool


class Decided(NamedTuple):
    """What follows, for which arm, and why."""

    decision: Decision
    winner: str
    reason: str


def decide(
    plan: ExperimentPlan,
    checks: Sequence[TrustCheck],
    readings: Sequence[MetricReading],
    look: Look,
    *,
    done: float,
    end: End | None = None,
) -> Decided:
    """Return what follows.

    Args:
        plan: Has the rule.
        checks: One that failed blocks every conclusion.
        readings: Of the primary metric and the guardrails, by arm.
        look: How the experiment may be read at this moment.
        done: Share of the planned time that has gone by.
        end: How it was stopped; None while it runs.
    """
    found = _by_rule(plan, checks, readings, look, done=done)
    if end is None or found.decision != "keep_running":
        return found
    # Nothing more will come: what is not shown is the answer, if the rule let it be read at all.
    early = look.number == 0 or done * plan.periods < 1 or not end.ripe or _unread(readings)
    return Decided(
        "no_conclusion" if early else "stop", "", f"It was stopped ({end.reason}). {found.reason}"
    )


def _by_rule(
    plan: ExperimentPlan,
    checks: Sequence[TrustCheck],
    readings: Sequence[MetricReading],
    look: Look,
    *,
    done: float,
) -> Decided:
    failed = [each for each in checks if each.passed is False]
    if failed:
        names = ", ".join(each.name.replace("_", " ") for each in failed)
        return Decided("no_conclusion", "", f"It cannot be trusted ({names}): {failed[0].why}")
    if look.number == 0:
        planned = "once, at the end" if look.of == 1 else f"at {look.of} looks"
        return Decided(
            "keep_running", "", f"It is read {planned}; {done:.0%} of the planned time is over."
        )
    primary = {each.arm: each for each in readings if each.role == "primary"}
    rails: dict[str, list[MetricReading]] = {arm: [] for arm in primary}
    for each in readings:
        if each.role == "guardrail":
            rails[each.arm].append(each)
    states = {arm: _state(plan, primary[arm], rails[arm]) for arm in primary}
    winners = [arm for arm, (state, _) in states.items() if state == "ship"]
    if winners and done * plan.periods < 1:
        return Decided(
            "keep_running", "", f"{states[winners[0]][1]} One whole {plan.period} is not over yet."
        )
    if winners:
        best = max(winners, key=lambda arm: _gain(plan, primary[arm]))
        return Decided("ship", best, states[best][1])
    more = look.of is None or look.number != look.of  # nothing later counts
    return _undecided(plan, states, primary.values(), done=done, more=more)


def _undecided(
    plan: ExperimentPlan,
    states: Mapping[str, tuple[str, str]],
    primary: Iterable[MetricReading],
    *,
    done: float,
    more: bool,
) -> Decided:
    """Return whether to go on where nothing is to be shipped."""
    if all(state == "stop" for state, _ in states.values()):
        return Decided("stop", "", " ".join(why for _, why in states.values()))
    lacking = " ".join(why for state, why in states.values() if state == "open")
    primary = tuple(primary)
    few = any(each.finding == "not_enough_data" for each in primary)
    if _unread(primary) and (done >= 1 or not more):
        return Decided("no_conclusion", "", lacking)  # more units would not help
    if (done >= 1 and not few) or not more:
        return Decided("stop", "", f"The planned {plan.periods} periods are over. {lacking}")
    return Decided("keep_running", "", lacking)


def _unread(readings: Iterable[MetricReading]) -> bool:
    """Return whether what decides is money in a currency that does not count."""
    return any(each.role == "primary" and each.foreign for each in readings)


def _state(
    plan: ExperimentPlan, primary: MetricReading, rails: Sequence[MetricReading]
) -> tuple[str, str]:
    """Return how one arm stands by the rule, and why, in a sentence."""
    name = f"{primary.arm}: {primary.metric}"
    broken = [each for each in rails if each.finding == "broken"]
    if broken:
        return "stop", f"{primary.arm}: the guardrail {broken[0].metric} is broken."
    if primary.finding == "worse":
        return "stop", f"{name} is shown to be worse."
    if primary.finding == "not_enough_data":
        return "open", f"{name}: not enough data. {primary.note}".rstrip()
    if not _clears(plan, primary):
        least = f" by more than {plan.rule.least:.1%}" if plan.rule.least else ""
        return "open", f"{name} is not shown to be better{least}."
    unproven = [each.metric for each in rails if each.finding != "holds"]
    if unproven:
        return "open", (
            f"{name} is better, but it is not shown yet that {', '.join(unproven)} "
            "keeps its margin."
        )
    kept = " and every guardrail holds" if rails else ""
    return "ship", f"{name} is shown to be better{kept}."


def _clears(plan: ExperimentPlan, primary: MetricReading) -> bool:
    if primary.finding != "better":
        return False
    if not plan.rule.least:
        return True
    relative = primary.relative_interval
    return relative is not None and towards_better(relative, plan.metric).low > plan.rule.least


def _gain(plan: ExperimentPlan, primary: MetricReading) -> float:
    return (primary.effect or 0.0) * (1 if plan.metric.better == "up" else -1)
