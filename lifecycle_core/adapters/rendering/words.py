"""Values in words: money, numbers, digests, moments and marks, the same in HTML and text."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lifecycle_core.schema.experiment import ExperimentPlan
    from lifecycle_core.schema.finalization import DecisionRule

_DIGITS = 12
_WHOLE = 1000
_KIBI = 1024
_THOUSANDTH, _TENTH, _TEN, _MINUTE = 0.001, 0.1, 10, 60
# Of a state: its colour, its icon and its word, for a state is never shown by colour alone.
MARKS = {
    "pass": ("good", "✓", "pass"),
    "fail": ("bad", "✕", "fail"),
    "missing": ("warn", "?", "missing"),
    "waived": ("none", "-", "waived"),
    "identical": ("good", "✓", "identical"),
    "cosmetic": ("good", "✓", "cosmetic"),
    "tolerance": ("good", "≈", "within tolerance"),
    "different": ("bad", "✕", "different"),
    "failed": ("bad", "✕", "failed"),
    "incomplete": ("bad", "!", "incomplete"),
    "not_run": ("warn", "?", "not run"),
    "skipped": ("none", "-", "skipped"),
    "agreed": ("good", "✓", "agreed"),
    "disagreed": ("none", "✕", "still differed"),
    "moved": ("none", "✕", "came out different"),
    "unchecked": ("bad", "!", "not checked"),
    "error": ("bad", "✕", "error"),
    "warning": ("warn", "!", "warning"),
    "info": ("none", "·", "note"),
    "none": ("none", "-", "not stated"),
    "ran": ("good", "✓", "ran"),
    "fresh": ("good", "=", "fresh"),
    "stale": ("warn", "~", "stale"),
    "ok": ("good", "✓", "done"),
    "better": ("good", "✓", "better"),
    "worse": ("bad", "✕", "worse"),
    "undecided": ("none", "≈", "cannot be told apart"),
    "not_comparable": ("warn", "?", "cannot be compared"),
    "interrupted": ("bad", "!", "interrupted"),
    "running": ("calm", "▸", "running"),
    "waiting": ("none", "…", "waiting"),
    "compiled": ("good", "✓", "compiled"),
    "drift": ("bad", "✕", "drift"),
    "no_material_drift": ("good", "✓", "no material drift"),
    "not_enough_data": ("none", "?", "not enough data"),
    "undecided_target": ("none", "?", "open"),
    "proposed": ("none", "?", "proposed"),
    "kept": ("good", "✓", "kept"),
    "due": ("none", "…", "due"),
    "missed": ("bad", "✕", "missed"),
    "open_alert": ("bad", "!", "open"),
    "acknowledged": ("good", "✓", "acknowledged"),
    "silenced": ("none", "-", "silenced"),
    "passed": ("none", "·", "was silenced"),
    "retrain": ("warn", "↻", "retrain"),
    "keep": ("good", "✓", "keep"),
    "stopped": ("none", "✓", "stopped"),
    "refused": ("bad", "✕", "refused"),
    "ship": ("good", "✓", "ship"),
    "stop": ("bad", "✕", "stop"),
    "keep_running": ("calm", "▸", "keep running"),
    "no_conclusion": ("warn", "!", "no conclusion"),
    "holds": ("good", "✓", "holds"),
    "broken": ("bad", "✕", "broken"),
    "open": ("none", "?", "open"),
}


def how_many(count: int, word: str) -> str:
    """Return how many there are of something.

    Example:
        >>> how_many(1, "step"), how_many(2000, "step")
        ('1 step', '2,000 steps')
    """
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def step_counts(statuses: Iterable[str]) -> str:
    """Return how many steps stand in which way, in one sentence.

    Args:
        statuses: Keys of `MARKS`.

    Example:
        >>> step_counts(["ran"]), step_counts(["fresh", "ran", "fresh"]), step_counts([])
        ('1 step: 1 ran.', '3 steps: 1 ran, 2 fresh.', '0 steps: none.')
    """
    counted = Counter(statuses)
    parts = [f"{counted[key]} {MARKS[key][2]}" for key in MARKS if counted[key]]
    return f"{how_many(counted.total(), 'step')}: {', '.join(parts) or 'none'}."


def short_digest(digest: str) -> str:
    """Return the first 12 hexadecimal digits of a digest.

    Example:
        >>> short_digest("sha256:" + "ab" * 32)
        'abababababab'
    """
    return digest.removeprefix("sha256:")[:_DIGITS]


def moment(text: str) -> str:
    """Return an ISO 8601 moment in UTC to the minute; other text unchanged.

    Example:
        >>> moment("2026-11-23T18:04:05+00:00")
        '2026-11-23 18:04 UTC'
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return f"{at:%Y-%m-%d %H:%M} UTC"


def number(value: float) -> str:
    """Return a number as people read it: thousands in groups, small ones to three digits.

    Example:
        >>> number(12345.6), number(0.84567), number(-3.0), number(41.25)
        ('12,346', '0.846', '-3', '41.2')
    """
    if abs(value) >= _WHOLE or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"


def signed(value: float) -> str:
    """Return a difference with its sign.

    Example:
        >>> signed(1234.0), signed(-2.5), signed(0.0)
        ('+1,234', '-2.5', '0')
    """
    return f"+{number(value)}" if value > 0 else number(value)


def plan_facts(plan: ExperimentPlan) -> list[tuple[str, str]]:
    """Return what an experiment's plan says, name and words."""
    arms = [*plan.arms.items(), *([("holdout", plan.holdout)] if plan.holdout else [])]
    said = ", ".join(f"{arm} {share:g}%" for arm, share in arms)
    rule, rails = plan.rule, ", ".join(each.name for each in plan.guardrails)
    above = f"above {rule.least:.1%}" if rule.least else "above 0"
    reads = "any day" if rule.looks == "always" else how_many(rule.looks, "look")
    ships = f"the {rule.level:.0%} interval of {plan.metric.name} is {above}" + (
        f", and every guardrail keeps its margin ({rails})" if rails else ""
    )
    facts = [
        ("Hypothesis", plan.hypothesis),
        ("Arms", f"champion {plan.control_share:g}%, {said}, by {plan.unit or 'business key'}"),
        ("Planned", f"{how_many(plan.periods, plan.period)}, {how_many(plan.units, 'unit')}"),
        ("Read", reads),
        ("Ships when", ships),
    ]
    return [(name, value) for name, value in facts if value]


def rule_name(rule: DecisionRule) -> str:
    """Return what the value of a decision rule is."""
    return "Threshold" if rule.acts else "Shift"


def rule_sentence(rule: DecisionRule) -> str:
    """Return what a decision rule says."""
    if rule.acts:
        return f"act from a score of {rule.value:.3f}"
    return f"use the prediction {rule.value:+.4g}"


def size(count: float) -> str:
    """Return a number of bytes in the largest unit that leaves a number above 1.

    Example:
        >>> size(512), size(5888), size(1 << 30)
        ('512 B', '5.8 KiB', '1.0 GiB')
    """
    units = ["B", "KiB", "MiB", "GiB"]
    while count >= _KIBI and len(units) > 1:
        count /= _KIBI
        units.pop(0)
    return f"{count:.0f} B" if units[0] == "B" else f"{count:.1f} {units[0]}"


def duration(seconds: float) -> str:
    """Return a time in one unit, to about two digits.

    Example:
        >>> duration(0.0004), duration(0.04), duration(1.25), duration(42.4)
        ('< 1 ms', '40 ms', '1.2 s', '42 s')
        >>> duration(125), duration(7500)
        ('2.1 min', '2.1 h')
    """
    if seconds < _THOUSANDTH:
        return "< 1 ms"
    if seconds < _TENTH:
        return f"{seconds * 1000:.0f} ms"
    if seconds < _TEN:
        return f"{seconds:.1f} s"
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _MINUTE * _MINUTE:
        return f"{seconds / _MINUTE:.1f} min"
    return f"{seconds / _MINUTE / _MINUTE:.1f} h"


def known_duration(seconds: float | None) -> str:
    """Return a time as `duration` does; nothing if it is not known."""
    return "" if seconds is None else duration(seconds)
