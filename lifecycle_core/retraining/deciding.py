"""The decision: what is known of losses and costs comes in, and a ledger with an answer goes out.

A saving is always a difference on the same rows: what the released version decided, beside what a
model decides that was trained just before. So a change that makes every model cheaper or dearer,
such as another mix of customers, is no reason to retrain.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

from lifecycle_core.retraining.losses import LEAST, Losses
from lifecycle_core.retraining.policies import Past, compare, in_money
from lifecycle_core.schema.finalization import Interval
from lifecycle_core.schema.retraining_decision import (
    Cumulated,
    ExpectedLoss,
    RetrainingDecision,
    Tried,
    Worth,
)
from lifecycle_core.stats.retraining_policy import value_today

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lifecycle_core.retraining.policies import Fires, Said
    from lifecycle_core.schema.replayed_window import ReplayedWindow
    from lifecycle_core.schema.retraining_decision import Answer
    from lifecycle_core.schema.retraining_terms import RetrainingSection
    from lifecycle_core.stats.moments import Sample
    from lifecycle_core.stats.net_value import NetValue

_LEVEL = 0.95
_Z = NormalDist().inv_cdf((1 + _LEVEL) / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Everything that the logs, the reviews and the backtest say.

    Attributes:
        release: Its name.
        version: That is in place.
        as_of: Nothing said later was looked at; UTC, ISO 8601.
        grain: What a period is.
        currency: Of all money.
        rows: Expected a period without those that the fallback answers, at least 0.
        age: Periods since the version first answered, those of `replayed` included.
        delay: Periods after its end until the labels of a window are final.
        replayed: Windows with final labels, oldest first.
        said: What reviews said of these.
        recent: What reviews said of all windows until now, the newest last, for the trigger.
        estimated: What a row of the newest window is expected to cost, where it has no final
            labels yet.
        realised: What a row of it cost, where it has them; told where nothing can be tried.
        trigger: Whether the declared rule fires; None where none is declared.
        why: Why there is no backtest; empty if there is one.
        notes: What is odd, a sentence each.
    """

    release: str
    version: int
    as_of: str
    grain: str
    currency: str
    rows: float
    age: int = 0
    delay: int = 0
    replayed: tuple[ReplayedWindow, ...] = ()
    said: tuple[Said, ...] = ()
    recent: tuple[Said, ...] = ()
    estimated: ExpectedLoss | None = None
    realised: ExpectedLoss | None = None
    trigger: Fires | None = None
    why: str = ""
    notes: tuple[str, ...] = ()


def decide(known: Known, terms: RetrainingSection) -> RetrainingDecision:
    """Return whether to retrain, with the ledger that says so.

    Args:
        known: What there is to go by; nothing at all gives a decision, too.
        terms: What the release file declares.

    Returns:
        The answer is that of the declared policy; whether it pays is told beside it.
    """
    places = [at for at, each in enumerate(known.replayed) if each.labelled >= LEAST]
    used = [_among(known.replayed[at], places) for at in places]
    losses = Losses(used)
    past = Past(
        losses=losses,
        said=[known.said[at] for at in places],
        rows=known.rows,
        earlier=max(0, known.age - known.delay - len(used)),
        delay=known.delay,
        trigger=known.trigger,
    )
    tried = _tried(past, terms)
    value = _value(past, terms, len(used)) if used else None
    now, after = _losses(known, losses)
    pays = _pays(past, terms) if len(used) >= terms.confirmations else None
    answer, reason = _answer(known, terms, pays=pays, value=value, windows=len(used))
    return RetrainingDecision(
        release=known.release,
        version=known.version,
        as_of=known.as_of,
        grain=known.grain,
        currency=known.currency,
        policy=terms.policy,
        answer=answer,
        reason=reason,
        pays=pays,
        terms=terms,
        one_off=terms.costs.total,
        age=known.age,
        now=now,
        after=after,
        newest=known.estimated,
        worth=_worth(value, past, terms) if value else None,
        tried=tried,
        ahead=_ahead(past, terms, now) if used else (),
        policies=compare(past, terms),
        notes=(*known.notes, *_notes(terms, few=len(known.replayed) - len(used))),
        next=_next(known, answer),
    )


def _notes(terms: RetrainingSection, *, few: int) -> Iterator[str]:
    if few:
        yield f"{few} windows have fewer than {LEAST} labelled rows and count as none."
    if not terms.costs.total:
        yield "No one-off costs are declared: retraining counts as free."


def _among(window: ReplayedWindow, places: Sequence[int]) -> ReplayedWindow:
    """Return a window with the models of these windows only."""
    models = tuple(window.models[at] for at in places if at < len(window.models))
    return window.model_copy(update={"models": models})


def _value(past: Past, terms: RetrainingSection, count: int) -> NetValue:
    """Return what retraining was worth after so many of the windows."""
    return value_today(
        [past.losses.saving(0, at) for at in range(count)],
        rows=past.rows,
        once=terms.costs.total,
        longest=terms.horizon,
        earlier=past.earlier,
        discount=terms.discount,
    )


def _tried(past: Past, terms: RetrainingSection) -> tuple[Tried, ...]:
    losses = past.losses
    found = []
    for at, window in enumerate(losses.windows):
        saving = losses.saving(0, at)
        found.append(
            Tried(
                window=window.window,
                rows=window.rows,
                labelled=window.labelled,
                now=losses.cost(0, at).mean,
                after=losses.fresh(at).mean,
                saving=saving.mean,
                error=saving.error,
                probability=_value(past, terms, at + 1).probability,
            )
        )
    return tuple(found)


def _pays(past: Past, terms: RetrainingSection) -> bool:
    ripe = len(past.losses) - 1 + past.delay  # the labels of all these windows are known today
    return in_money(past, terms, 0, ripe)


def _losses(known: Known, losses: Losses) -> tuple[ExpectedLoss, ExpectedLoss]:
    """Return what a row costs now and with a retrained model, on the same rows if labels are."""
    if not len(losses):
        return known.realised or known.estimated or ExpectedLoss(), ExpectedLoss()
    last = len(losses) - 1
    window = losses.windows[last].window
    return _realised(losses.cost(0, last), window), _realised(losses.fresh(last), window)


def _realised(sample: Sample, window: str) -> ExpectedLoss:
    return ExpectedLoss(
        value=sample.mean,
        interval=Interval(
            low=sample.mean - _Z * sample.error,
            high=sample.mean + _Z * sample.error,
            level=_LEVEL,
        ),
        basis="realised",
        window=window,
    )


def _worth(value: NetValue, past: Past, terms: RetrainingSection) -> Worth:
    return Worth(
        value=value.value,
        interval=value.interval,
        probability=value.probability,
        periods=_horizon(past, terms),
        rows=past.rows,
        break_even_periods=value.break_even_periods,
        break_even_rows=value.break_even_rows if math.isfinite(value.break_even_rows) else None,
        ceiling=value.ceiling,
    )


def _horizon(past: Past, terms: RetrainingSection) -> int:
    return min(past.earlier + len(past.losses), terms.horizon)


def _ahead(past: Past, terms: RetrainingSection, now: ExpectedLoss) -> tuple[Cumulated, ...]:
    """Return the cumulated cost over the horizon; each point is `value_today` of a shorter one."""
    start = now.value or 0.0
    points = [Cumulated(period=0, keep=0.0, retrain=terms.costs.total, low=terms.costs.total,
                        high=terms.costs.total)]  # fmt: skip
    history = [past.losses.saving(0, at) for at in range(len(past.losses))]
    for period in range(1, _horizon(past, terms) + 1):
        value = value_today(
            history,
            rows=past.rows,
            once=terms.costs.total,
            longest=period,
            earlier=past.earlier,
            discount=terms.discount,
        )
        keep = start * past.rows * sum((1 + terms.discount) ** -at for at in range(1, period + 1))
        points.append(
            Cumulated(
                period=period,
                keep=keep,
                retrain=keep - value.value,
                low=keep - value.interval.high,
                high=keep - value.interval.low,
            )
        )
    return tuple(points)


def _answer(
    known: Known,
    terms: RetrainingSection,
    *,
    pays: bool | None,
    value: NetValue | None,
    windows: int,
) -> tuple[Answer, tuple[str, ...]]:
    proof = _proof(known, terms, pays=pays, value=value, windows=windows)
    if terms.policy == "on_proof":
        if pays is None:
            return "not_enough_data", (proof,)
        return ("retrain" if pays else "keep"), (proof,)
    if terms.policy == "on_schedule" and terms.every:
        due = known.age >= terms.every
        said = f"The schedule is every {terms.every} periods, and the version is {known.age} old."
        return ("retrain" if due else "keep"), (said, proof)
    if terms.policy == "on_trigger" and known.trigger:
        answer, said = _ruled(known.trigger, known)
        return answer, (f"{said} {terms.trigger}", proof)
    return "keep", ("The release file's policy is never to retrain.", proof)


def _ruled(fires: Fires, known: Known) -> tuple[Answer, str]:
    """Return what the declared rule answers, and the sentence that ends with the rule.

    It is asked of the last windows, and of the last with final labels that are of this version: a
    rule on labels alone would never fire where these are late.
    """
    recent = known.recent
    if not recent:
        return "not_enough_data", "There is no window to look at by the rule:"
    surely, count = [each.surely for each in recent], len(recent)
    final = surely[max(0, count - known.age) : max(0, count - known.delay)]
    if fires(surely) or fires(final):
        return "retrain", "The rule fires:"
    if fires([each.figures for each in recent]):
        return "not_enough_data", "Not sure enough to fire, or of labels that are not final:"
    return "keep", "The rule does not fire:"


def _proof(
    known: Known,
    terms: RetrainingSection,
    *,
    pays: bool | None,
    value: NetValue | None,
    windows: int,
) -> str:
    if value is None:
        return known.why or "No window has enough final labels to try a retrained model on."
    worth = (
        f"Retraining is worth {value.value:,.0f} {known.currency}, and pays with a probability of "
        f"{value.probability:.1%}; {terms.probability:.0%} are asked for"
    )
    if pays is None:
        return f"{worth}, {terms.confirmations} windows in a row, and {windows} could be tried."
    often = f" in {terms.confirmations} windows in a row" if terms.confirmations > 1 else ""
    return f"{worth}{often}: {'it pays' if pays else 'it does not pay surely enough'}."


def _next(known: Known, answer: Answer) -> str:
    if answer == "retrain":
        return f"nbrelease retrain {known.release} --run"
    return f"nbrelease review {known.release}"
