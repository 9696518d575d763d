"""The read-out of an experiment: counts come in, and a record goes out.

Whether the experiment can be trusted is looked at first. Where it cannot, no effect is told: a
number that is wrong is believed all the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.experimenting.deciding import End, decide
from lifecycle_core.experimenting.effects import FEWEST, corrected, look_at, reading
from lifecycle_core.experimenting.groups import groups_of, novelty, steadiness
from lifecycle_core.experimenting.money import worth_of
from lifecycle_core.experimenting.trusting import checks, sizes
from lifecycle_core.schema.canonical import utc_text
from lifecycle_core.schema.readout import MetricReading, Readout
from lifecycle_core.schema.serving import CONTROL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.experimenting.effects import Look
    from lifecycle_core.schema.experiment import ExperimentPlan, ExperimentStatus
    from lifecycle_core.schema.review import Grain
    from lifecycle_core.schema.unit_counts import UnitCounts

DAYS: dict[Grain, float] = {
    "day": 1.0, "week": 7.0, "month": 365.25 / 12, "period": 365.25 / 12,
    "quarter": 365.25 / 4, "year": 365.25,
}  # fmt: skip
_DAY = 86_400.0


class Span(NamedTuple):
    """The time that an experiment is read over.

    Attributes:
        start: When it was started.
        until: Predictions until then count; what comes of later ones may still come, or the plan
            looks at them later or never.
        as_of: Nothing that was said later counts.
        history: From when on rows tell what units were like before; None if the plan does without.
        asked: The moment that it is read as of: `as_of`, or later if a look was due before.
    """

    start: datetime
    until: datetime
    as_of: datetime
    history: datetime | None
    asked: datetime

    @property
    def days(self) -> float:
        """Days that it is read over."""
        return max(0.0, (self.until - self.start).total_seconds() / _DAY)


def span_of(status: ExperimentStatus, as_of: datetime) -> Span:
    """Return the time that an experiment is read over as of a moment.

    A look of a fixed number ends at its planned moment, whenever it is read: else each reading
    until the next one, or after the end, would be a look of its own at the full level. So would it
    with outcomes that are told after they were due. Where rows are older than the plan, a replay,
    its looks were over before it was made, and outcomes are told when they are told.

    Args:
        status: The experiment.
        as_of: With a zone.
    """
    frozen = status.frozen
    start, asked = datetime.fromisoformat(frozen.started), as_of
    ripening = timedelta(days=frozen.plan.maturity_days)
    until = as_of - ripening
    if status.stopped:
        until = min(until, datetime.fromisoformat(status.stopped))
    looks, planned = frozen.plan.rule.looks, timedelta(days=planned_days(frozen.plan))
    number = look_at(frozen.plan, done=max(0.0, (until - start) / planned)).number
    if looks != "always" and number:
        until = min(until, start + planned * number / looks)
        due = until + ripening
        if not frozen.declared or due > datetime.fromisoformat(frozen.declared):
            as_of = min(as_of, due)
    days = frozen.plan.history_days
    history = start - timedelta(days=days) if days else None
    return Span(start, max(start, until), as_of, history, asked)


def planned_days(plan: ExperimentPlan) -> float:
    """Return how many days are planned."""
    return plan.periods * DAYS[plan.period]


def read(status: ExperimentStatus, counts: UnitCounts, span: Span) -> Readout:
    """Return what an experiment says.

    Args:
        status: The experiment, as it was frozen.
        counts: Of its units, over the span.
        span: What was counted.
    """
    frozen, plan = status.frozen, status.frozen.plan
    done = span.days / planned_days(plan)
    look, found = look_at(plan, done=done), checks(frozen, counts)
    trusted = all(each.passed is not False for each in found)
    arms = sizes(plan, counts)
    readings = _readings(plan, counts, look) if trusted else ()
    steady = steadiness(plan, counts) if trusted else ()
    decided = decide(plan, found, readings, look, done=done, end=_end(status, span))
    units = {each.arm: each.units for each in arms}
    return Readout(
        release=plan.release,
        experiment=plan.name,
        plan_digest=frozen.plan_digest,
        hypothesis=plan.hypothesis,
        started=frozen.started,
        stopped=status.stopped,
        as_of=utc_text(span.as_of),
        until=utc_text(span.until),
        days=span.days,
        units=units[CONTROL] + min(units[arm] for arm in plan.arms),
        planned=plan.units,
        decision=decided.decision,
        winner=decided.winner,
        reason=decided.reason,
        checks=found,
        arms=arms,
        metrics=readings,
        worth=worth_of(frozen, counts, readings, steady, days=span.days),
        periods=groups_of(plan, counts.periods, counts) if trusted else (),
        steadiness=steady,
        segments=tuple(
            each
            for name, counted in counts.segments.items()
            for each in groups_of(plan, counted, counts, by=name)
        )
        if trusted
        else (),
        novelty=novelty(plan, counts) if trusted else (),
        changes=status.changes,
        notes=tuple(_notes(status, counts, span, readings)),
    )


def _end(status: ExperimentStatus, span: Span) -> End | None:
    """Return how it was stopped by the moment that it is read as of; None if it ran then."""
    if not status.stopped or datetime.fromisoformat(status.stopped) > span.asked:
        return None
    ripening = timedelta(days=status.frozen.plan.maturity_days)
    ripe = datetime.fromisoformat(status.stopped) + ripening <= span.asked
    return End(status.reason, ripe=ripe)


def _readings(plan: ExperimentPlan, counts: UnitCounts, look: Look) -> tuple[MetricReading, ...]:
    """Return what every metric says about every arm, corrected for their number."""
    found: list[MetricReading] = []
    for arm in plan.arms:
        found.append(reading(plan.metric, "primary", counts, arm, look))
        found.extend(reading(each, "secondary", counts, arm, look) for each in plan.secondary)
        found.extend(reading(each, "guardrail", counts, arm, look) for each in plan.guardrails)
    return corrected(plan, found, look)


def _notes(
    status: ExperimentStatus, counts: UnitCounts, span: Span, readings: Sequence[MetricReading]
) -> list[str]:
    plan, end = status.frozen.plan, _end(status, span)
    look = look_at(plan, done=span.days / planned_days(plan))
    few = f"An arm has fewer than {FEWEST} units."
    declared = status.frozen.declared
    said = {
        f"The plan was frozen at {declared}, after the moment from which rows count: nothing here "
        "shows that it was made before they were seen.": declared,
        f"{counts.repeated:,} rows are in the log more than once, and count once.": counts.repeated,
        f"{counts.foreign:,} amounts are in another currency than "
        f"{status.frozen.costs.currency}, and do not count.": counts.foreign,
        f"{counts.unpriced:,} decisions have a label and no cost, since the log lacks a feature "
        "that costs are proportional to, and count as if they cost nothing.": counts.unpriced,
        f"{counts.without_unit:,} rows name no unit, and are in no arm.": counts.without_unit,
        f"Predictions of the last {plan.maturity_days:g} days are left out: what comes of them may "
        "still come.": plan.maturity_days and not (end and end.ripe),
        "Nothing is known of the units from before: nothing is adjusted.": plan.history_days
        and readings
        and not any(each.gain for each in readings)
        and not any(each.note == few for each in readings),
        "Effects are shown before the look that was planned: they may look large or small by "
        "chance.": look.number == 0,
        f"{counts.late:,} outcomes were told after {span.as_of:%Y-%m-%d %H:%M} UTC, when this look "
        f"was due, and do not count in it: by the plan they take {plan.maturity_days:g} days.": (
            counts.late
        ),
        f"This is look {look.number} of {look.of}: predictions until {span.until:%Y-%m-%d %H:%M} "
        f"UTC count, and later ones {_later(look)}.": look.number,
    }
    return [sentence for sentence, holds in said.items() if holds]


def _later(look: Look) -> str:
    return "never" if look.number == look.of else "at the next look"
