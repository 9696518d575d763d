"""What policies would have cost in the windows that were replayed.

Each policy learns of a window only after it has passed, and of its labels only when they are final;
the one that knows all beforehand shows what there was to gain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from lifecycle_core.schema.retraining_decision import PolicyCost
from lifecycle_core.stats.retraining_policy import (
    best_schedule,
    cheapest_plan,
    cost_of,
    on_trigger,
    worth_retraining,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from lifecycle_core.retraining.losses import Losses
    from lifecycle_core.schema.retraining_terms import RetrainingSection
    from lifecycle_core.stats.retraining_policy import Plan

    Fires = Callable[[Sequence[Mapping[str, Any]]], bool]

_GROWTH = 0.1  # of the cost per row, at which a performance trigger fires
_SURELY = 1.645  # one-sided, at 95%
FEWEST = 2
"""Windows below which no policy can do anything."""


class Said(NamedTuple):
    """What a review says of a window, by name of the figure; None is not known.

    Attributes:
        figures: As they stand.
        surely: What a rule may conclude from, with intervals as the rule takes them.
        early: Likewise, before the window's labels were final.
    """

    figures: Mapping[str, float | None]
    surely: Mapping[str, Any]
    early: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The windows that policies are tried on.

    Attributes:
        losses: What each model cost in each.
        said: What a review said of each.
        rows: Expected a period.
        earlier: Periods of the released version before them.
        delay: Periods after its end until the labels of a window are final.
        trigger: Whether the declared rule fires on what is sure of windows, the newest last, where
            what a row costs may be a `Sample`; None where none is declared.
    """

    losses: Losses
    said: Sequence[Said]
    rows: float
    earlier: int = 0
    delay: int = 0
    trigger: Fires | None = None


def compare(past: Past, terms: RetrainingSection) -> tuple[PolicyCost, ...]:
    """Return what each policy would have cost, the cheapest first; nothing of too few windows.

    Args:
        past: The windows.
        terms: What the release file declares.
    """
    if len(past.losses) < FEWEST:
        return ()
    return tuple(sorted(_policies(past, terms), key=lambda each: each.cost))


def in_money(past: Past, terms: RetrainingSection, trained: int, passed: int) -> bool:
    """Tell whether the proof in money asks for a new model after a window has passed."""
    losses = past.losses
    known = range(trained, passed + 1 - past.delay)
    return worth_retraining(
        [losses.saving(trained, at) for at in known],
        rows=past.rows,
        once=terms.costs.total,
        level=terms.probability,
        windows=terms.confirmations,
        longest=terms.horizon,
        earlier=0 if trained else past.earlier,
        discount=terms.discount,
    )


def _policies(past: Past, terms: RetrainingSection) -> Iterator[PolicyCost]:
    losses, once, count = past.losses, terms.costs.total, len(past.losses)
    money = losses.money()
    labels = [each.window for each in losses.windows]

    def told(policy: str, plan: Plan, note: str) -> PolicyCost:
        return PolicyCost(
            policy=policy,
            cost=plan.cost,
            retrained=tuple(labels[at] for at in plan.retrained),
            note=note,
        )

    def fired(fires: Callable[[int, int], bool]) -> Plan:
        return cost_of(on_trigger(count, fires), money, once=once)

    yield told("never", cost_of((), money, once=once), "The released version stays.")
    if terms.every:
        every = terms.every

        def due(trained: int, passed: int) -> bool:
            return passed + 1 - trained + (0 if trained else past.earlier) >= every

        plan = fired(due)
        yield told("on schedule", plan, f"Every {every} periods, as declared.")
    else:
        every, plan = best_schedule(money, once=once)
        often = "never" if every >= count else f"every {every} periods" if every > 1 else "always"
        yield told("on schedule", plan, f"The one that turned out cheapest: {often}.")
    drift = fired(lambda _, passed: (past.said[passed].figures.get("drifted") or 0) > 0)
    yield told("drift trigger", drift, "When a review finds drift in any column.")
    worse = fired(lambda trained, passed: _costs_more(past, trained, passed))
    yield told("performance trigger", worse, "When a row surely costs a tenth more than at first.")
    if past.trigger is not None:
        rule = past.trigger

        def asks(trained: int, passed: int) -> bool:
            seen = list(_seen(past, trained, passed))
            return rule(seen) or rule(seen[: max(0, len(seen) - past.delay)])

        plan = fired(asks)
        yield told("trigger", plan, "The declared rule, on what reviews said and new models cost.")
    proof = fired(lambda trained, passed: in_money(past, terms, trained, passed))
    yield told("on proof", proof, "When it surely pays.")
    best = cheapest_plan(money, once=once)
    yield told("knowing all beforehand", best, "What there was to gain.")


def _seen(past: Past, trained: int, passed: int) -> Iterator[Mapping[str, Any]]:
    """Yield what the declared rule would have seen of each window since the model was trained.

    What a row costs is that of this model; nothing of what reviews expect of the released one
    stands in for it. All else is not known of a model that never answered, and stays as reviews
    said it: so the rule is asked anew from the first window of the model on.
    """
    for at in range(trained, passed + 1):
        final = at <= passed - past.delay
        seen = past.said[at].surely if final else past.said[at].early
        if trained:
            seen = {**seen, "cost_per_row": past.losses.cost(trained, at) if final else None}
        yield seen


def _costs_more(past: Past, trained: int, passed: int) -> bool:
    at = passed - past.delay
    if at <= trained:
        return False
    first, last = past.losses.cost(trained, trained), past.losses.cost(trained, at)
    doubt = _SURELY * (first.error**2 + last.error**2) ** 0.5
    return bool(last.mean - first.mean > _GROWTH * abs(first.mean) + doubt)
