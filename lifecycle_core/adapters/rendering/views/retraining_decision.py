"""Whether to retrain: the answer first, then the ledger that it stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.cumulated import cumulated
from lifecycle_core.adapters.rendering.rows import facts, mark, table, title
from lifecycle_core.adapters.rendering.words import how_many, moment, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from lifecycle_core.schema.finalization import Interval
    from lifecycle_core.schema.retraining_decision import (
        ExpectedLoss,
        PolicyCost,
        RetrainingDecision,
        Tried,
    )

_COSTS = ("compute", "labels", "validation", "approval", "switching")
_POLICIES = {
    "never": "never", "on_schedule": "on schedule", "on_trigger": "on trigger",
    "on_proof": "on proof",
}  # fmt: skip


def values(record: RetrainingDecision) -> dict[str, Any]:
    """Add the ledger in words, rows of both tables, and the picture."""
    return {
        "ledger": list(_ledger(record)),
        "tried": [_tried(each) for each in record.tried],
        "policies": [_policy(each) for each in record.policies],
        "picture": cumulated(record),
    }


def text(record: RetrainingDecision) -> list[RenderableType]:
    """Return the same, without the picture."""
    found = values(record)
    head = Text(f"{record.release}, version {record.version}:")
    shown: list[RenderableType] = [title("Retraining", head, mark(record.answer))]
    shown += [Text(f"- {sentence}") for sentence in record.reason]
    shown.append(facts(*found["ledger"]))
    if found["tried"]:
        numbers = ("Rows", "Labelled", "Now", "Retrained", "Saved a row", "Would pay")
        made = table("Window", *numbers, numbers=numbers)
        for row in found["tried"]:
            made.add_row(*row.values())
        shown.append(made)
    if found["policies"]:
        made = table("Policy", "Would have cost", "Retrained", "How", numbers=("Would have cost",))
        for row in found["policies"]:
            made.add_row(*(Text(each) for each in row.values()))
        shown.append(made)
    return [*shown, *(Text(note) for note in record.notes), Text(f"Next: {record.next}")]


def _ledger(record: RetrainingDecision) -> Iterator[tuple[str, str]]:
    currency, worth = record.currency, record.worth
    yield "Policy", _POLICIES.get(record.policy, record.policy)
    yield "Read as of", moment(record.as_of)
    yield "In place for", how_many(record.age, record.grain)
    yield "A row costs now", _loss(record.now, currency)
    yield "Retrained", _loss(record.after, currency)
    if record.newest and record.newest != record.now:
        yield "Newest, labels not final", _loss(record.newest, currency)
    parts = [
        f"{name} {number(amount)}"
        for name in _COSTS
        if (amount := getattr(record.terms.costs, name))
    ]
    told = f" ({', '.join(parts)})" if parts else ""
    yield "One-off cost", f"{number(record.one_off)} {currency}{told}"
    if worth is None:
        return
    yield "Volume", f"{number(worth.rows)} rows a {record.grain}"
    yield (
        "Horizon",
        (
            f"{how_many(worth.periods, record.grain)}, of at most "
            f"{how_many(record.terms.horizon, record.grain)}"
        ),
    )
    yield "Net present value", f"{number(worth.value)} {currency}{_between(worth.interval)}"
    yield (
        "Probability that it pays",
        (f"{worth.probability:.1%}; {record.terms.probability:.0%} are asked for"),
    )
    paid = worth.break_even_periods
    rows = worth.break_even_rows
    yield (
        "Breaks even",
        "; ".join(
            [
                "not within the horizon"
                if paid is None
                else f"after {how_many(paid, record.grain)}",
                f"up to a one-off cost of {number(worth.ceiling)} {currency}",
                "at no volume" if rows is None else f"from {number(rows)} rows a {record.grain}",
            ]
        ),
    )


def _loss(loss: ExpectedLoss, currency: str) -> str:
    if loss.value is None:
        return "not enough data"
    return (
        f"{number(loss.value)} {currency}{_between(loss.interval)}, {loss.basis} in {loss.window}"
    )


def _between(interval: Interval | None) -> str:
    return f" ({number(interval.low)} to {number(interval.high)})" if interval else ""


def _tried(each: Tried) -> dict[str, str]:
    return {
        "window": each.window,
        "rows": f"{each.rows:,}",
        "labelled": f"{each.labelled:,}",
        "now": number(each.now),
        "after": number(each.after),
        "saving": f"{number(each.saving)} ± {number(each.error)}",
        "probability": f"{each.probability:.1%}",
    }


def _policy(each: PolicyCost) -> dict[str, str]:
    return {
        "policy": each.policy,
        "cost": number(each.cost),
        "retrained": ", ".join(each.retrained) or "not once",
        "note": each.note,
    }
