"""Freeze a plan, see whether its arms were alike before, and write the start into the ledger.

    plan --A/A check on history--> frozen --append--> ledger --replay--> statuses

The ledger's copy counts from then on. What is in it is bound by the hash of its event, so a plan
that was changed behind us makes the chain break, and a file that was changed is told about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from lifecycle_core.errors import InvalidCall, LedgerBroken
from lifecycle_core.experimenting.metrics import pair_of
from lifecycle_core.experimenting.trusting import shares_of
from lifecycle_core.schema.experiment import (
    BalanceCheck,
    ExperimentPlan,
    Experiments,
    ExperimentStatus,
    FrozenExperiment,
)
from lifecycle_core.schema.release import EXPERIMENT
from lifecycle_core.schema.serving import CONTROL
from lifecycle_core.stats.effect import difference
from lifecycle_core.stats.sample_ratio import ALARM, sample_ratio

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.adapters.identity import Actor
    from lifecycle_core.adapters.ledger import Ledger
    from lifecycle_core.schema.release import Entry, History, LedgerEvent
    from lifecycle_core.schema.unit_counts import UnitCounts

_ALIKE = 0.05
"""P-value below which the arms were too unlike before; all arms together."""
_FEWEST = 30


def balance(plan: ExperimentPlan, counts: UnitCounts, *, days: int) -> BalanceCheck:
    """Return what the arms were like before anything was done to them: the A/A check.

    Args:
        plan: Its salt has shared out the units.
        counts: Units of the days before.
        days: How many.
    """
    units = {each.arm: each.units for each in counts.arms}
    shares = shares_of(plan)
    found = {arm: units.get(arm, 0) for arm in shares}
    if min(found[arm] for arm in (CONTROL, *plan.arms)) < _FEWEST:
        return BalanceCheck(
            days=days,
            units=found,
            note=f"An arm has fewer than {_FEWEST} units in the days before: nothing can be said.",
        )
    ratio = sample_ratio(list(found.values()), list(shares.values()))
    p_values = dict[str, float]()
    for arm in plan.arms:
        pair = pair_of(plan.metric, counts, CONTROL, arm)
        effect = difference(pair.control, pair.treatment)
        if effect is not None:
            p_values[arm] = effect.p_value
    unlike = [arm for arm, p in p_values.items() if p < _ALIKE / len(plan.arms)]
    note = ""
    if ratio.p_value < ALARM:
        note = "The arms do not have the sizes that the salt should give them."
    elif unlike:
        note = f"By chance {', '.join(unlike)} was unlike the champion before: take another salt."
    return BalanceCheck(
        days=days,
        units=found,
        ratio_p=ratio.p_value,
        metric_p=p_values,
        passed=not note,
        note=note,
    )


def require_startable(plan: ExperimentPlan, history: History) -> None:
    """Refuse a plan while another experiment runs, or under a name or a salt that was used.

    Raises:
        InvalidCall: It cannot be started.
        LedgerBroken: The chain of experiments was changed.
    """
    for status in statuses(history):
        other = status.frozen.plan
        if status.state == "running":
            raise InvalidCall(
                f"The experiment {other.name} of {plan.release} is running.",
                hint=f"Stop it first: nbrelease experiment stop {plan.release} --reason ...",
            )
        if other.name == plan.name:
            raise InvalidCall(
                f"{plan.release} has had an experiment {plan.name} already.",
                hint="Give this one another `name` and another `salt`.",
            )
        if other.salt == plan.salt:
            raise InvalidCall(
                f"The salt {plan.salt!r} was that of the experiment {other.name}: the same units "
                "would be in the same arms again.",
                hint="Take another `salt`.",
            )


def start(
    frozen: FrozenExperiment, history: History, *, ledger: Ledger, actor: Actor
) -> ExperimentStatus:
    """Write the start of an experiment into the ledger.

    Args:
        frozen: The experiment.
        history: The ledger as it was looked at.
        ledger: Of the registry that holds the release.
        actor: Who starts it.

    Raises:
        ConcurrentPromotion: Somebody else started one meanwhile.
        RegistryUnavailable: The registry does not answer.
    """
    name = frozen.plan.release
    first = next(iter(frozen.treatments.values()))
    target = ledger.resolve(f"{name}/{first.version}")
    event = ledger.propose(
        history,
        action="start",
        alias=EXPERIMENT,
        target=target,
        actor=actor,
        reason=frozen.plan.hypothesis or f"experiment {frozen.plan.name}",
        evidence_digest=frozen.plan_digest,
        record=frozen.model_dump_json(),
    )
    ledger.commit(event)
    return ExperimentStatus(frozen=frozen, state="running", by=actor.name)


def stop(history: History, *, reason: str, ledger: Ledger, actor: Actor) -> ExperimentStatus:
    """End the running experiment: from now on the champion answers for all units.

    Args:
        history: The ledger as it was looked at.
        reason: Why; it must not be empty.
        ledger: Of the registry that holds the release.
        actor: Who stops it.

    Raises:
        InvalidCall: There is no reason, or none is running.
        ConcurrentPromotion: Somebody else stopped it meanwhile.
        RegistryUnavailable: The registry does not answer.
    """
    if not reason.strip():
        raise InvalidCall(
            "To stop an experiment needs a reason; it got none.",
            hint='Say why: `--reason "shipped"`. It is kept in the ledger.',
        )
    status = running(history)
    if status is None:
        raise InvalidCall(
            f"No experiment of {history.release} is running.",
            hint=f"`nbrelease experiment list {history.release}` lists them.",
        )
    frozen = status.frozen
    first = next(iter(frozen.treatments.values()))
    event = ledger.propose(
        history,
        action="stop",
        alias=EXPERIMENT,
        target=ledger.resolve(f"{history.release}/{first.version}"),
        actor=actor,
        reason=reason,
        evidence_digest=frozen.plan_digest,
    )
    stopped = ledger.commit(event).event.at
    return status.model_copy(update={"state": "stopped", "stopped": stopped, "reason": reason})


def running(history: History) -> ExperimentStatus | None:
    """Return the experiment that is running; None if there is none.

    Raises:
        LedgerBroken: The chain of experiments was changed.
    """
    found = list(statuses(history))
    return found[-1] if found and found[-1].state == "running" else None


def chosen(history: History, name: str | None) -> ExperimentStatus:
    """Return the experiment of a name, else the last one that was started.

    Raises:
        InvalidCall: There is none.
        LedgerBroken: The chain of experiments was changed.
    """
    found = list(statuses(history))
    if name is None and found:
        return found[-1]
    for status in found:
        if status.frozen.plan.name == name:
            return status
    known = ", ".join(each.frozen.plan.name for each in found)
    what = f"no experiment {name}" if name else "had no experiment"
    raise InvalidCall(
        f"{history.release} has {what}.",
        hint=f"There are {known}."
        if known
        else f"Design one: nbrelease experiment design {history.release} NAME",
    )


def all_of(history: History) -> Experiments:
    """Return all experiments of a release, the oldest first."""
    return Experiments(release=history.release, experiments=tuple(statuses(history)))


def statuses(history: History) -> Iterator[ExperimentStatus]:
    """Yield the experiments that the ledger knows, the oldest first.

    Raises:
        LedgerBroken: Their chain was changed, so that no plan in it can be trusted.
    """
    if EXPERIMENT in history.broken:
        raise LedgerBroken(
            f"The experiments of {history.release} cannot be trusted: {history.broken[EXPERIMENT]}",
            alias=EXPERIMENT,
            hint=f"Look at `nbrelease history {history.release}`. No experiment can be read that "
            "was frozen before.",
        )
    begun: LedgerEvent | None = None
    for entry in _counted(history):
        event = entry.event
        if event.action == "start":
            if begun is not None:
                yield _status(begun)
            begun = event
        elif begun is not None:
            yield _status(begun).model_copy(
                update={"state": "stopped", "stopped": event.at, "reason": event.reason}
            )
            begun = None
    if begun is not None:
        yield _status(begun)


def _counted(history: History) -> Iterator[Entry]:
    return (entry for entry in history.entries if entry.valid and entry.event.alias == EXPERIMENT)


def _status(event: LedgerEvent) -> ExperimentStatus:
    try:
        frozen = FrozenExperiment.from_json(event.record)
    except ValidationError:
        raise LedgerBroken(
            f"Event {event.seq} of {event.release} starts an experiment whose plan cannot be read.",
            alias=EXPERIMENT,
            hint="It was written by a newer version of nbrelease: upgrade this one.",
        ) from None
    return ExperimentStatus(frozen=frozen, state="running", by=event.actor)
