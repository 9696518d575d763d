"""The read-out of an experiment: the decision, whether it can be trusted, then the effects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.rows import facts, mark, table, title
from lifecycle_core.adapters.rendering.words import moment, number, short_digest, signed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from lifecycle_core.schema.finalization import Interval
    from lifecycle_core.schema.readout import (
        GroupReading,
        MetricReading,
        Novelty,
        Readout,
        Steadiness,
    )

_CHECKED = {True: "pass", False: "fail", None: "not_enough_data"}
_TITLES = {
    "sample_ratio": "sizes of the arms", "assignment": "everybody in the own arm",
    "versions": "the versions of the start",
}  # fmt: skip
_METRICS = ("Metric", "Control", "Treatment", "Effect", "Relative", "p", "Shown")
_NUMBERS = ("Control", "Treatment", "Effect", "Relative", "p")


def values(record: Readout) -> dict[str, Any]:
    """Add everything in words."""
    return {
        "summary": list(_summary(record)),
        "checks": [
            (_CHECKED[each.passed], _TITLES.get(each.name, each.name), each.why)
            for each in record.checks
        ],
        "arms": [
            (each.arm, f"{each.share:g}%", f"{each.units:,}", f"{each.rows:,}",
             ", ".join(each.versions))
            for each in record.arms
        ],
        "metrics": [_metric(each, several=_several(record)) for each in record.metrics],
        "interval": _interval_title(record),
        "worth": [
            (each.arm, f"{signed(each.per_unit)} {each.currency}",
             _bounds(each.per_unit_interval), f"{signed(each.per_year)} {each.currency}",
             _bounds(each.per_year_interval),
             _bounds(each.other_periods) if each.other_periods else "")
            for each in record.worth
        ],
        "periods": [_group(each, several=_several(record)) for each in record.periods],
        "segments": [_group(each, several=_several(record)) for each in record.segments],
        "steadiness": [_steadiness(each) for each in record.steadiness],
        "novelty": [_novelty(each) for each in record.novelty],
    }  # fmt: skip


def text(record: Readout) -> list[RenderableType]:
    """Return the same."""
    found = values(record)
    shown: list[RenderableType] = [
        title(f"Experiment {record.experiment} of {record.release}:", mark(record.decision)),
        Text(record.reason),
        facts(*found["summary"]),
    ]
    checks = table("Check", "", "Seen")
    for state, name, why in found["checks"]:
        checks.add_row(mark(state), Text(name), Text(why))
    shown.append(checks)
    arms = table("Arm", "Share", "Units", "Rows", "Versions", numbers=("Share", "Units", "Rows"))
    for row in found["arms"]:
        arms.add_row(*row)
    shown.append(arms)
    if found["metrics"]:
        metrics = table(*_METRICS[:5], found["interval"], *_METRICS[5:], numbers=_NUMBERS)
        for row in found["metrics"]:
            metrics.add_row(*map(Text, row["cells"]), mark(row["finding"]))
        shown.append(metrics)
        shown.extend(Text(f"{row['cells'][0]}: {row['note']}") for row in found["metrics"]
                     if row["note"])  # fmt: skip
    shown.extend(
        Text(
            f"{arm}: {unit} a unit ({inner}), {year} a year ({outer}"
            + (f"; {other} where other periods differ as these do" if other else "")
            + ")."
        )
        for arm, unit, inner, year, outer, other in found["worth"]
    )
    shown.extend(Text(each) for each in (*found["steadiness"], *found["novelty"]))
    for name, rows in (("Period", found["periods"]), ("Segment, exploratory", found["segments"])):
        if rows:
            made = table(name, "Units", "Relative", "95% interval", "p", numbers=("Units", "p"))
            for row in rows:
                made.add_row(*map(Text, row))
            shown.append(made)
    shown.extend(
        Text(f"The plan's file was changed: {each}. What was frozen counts.", style="yellow")
        for each in record.changes
    )
    return [*shown, *(Text(note) for note in record.notes)]


def _several(record: Readout) -> bool:
    return len({each.arm for each in record.metrics}) > 1


def _summary(record: Readout) -> Iterator[tuple[str, str]]:
    if record.hypothesis:
        yield "Hypothesis", record.hypothesis
    ended = f", stopped {moment(record.stopped)}" if record.stopped else ""
    yield "Started", f"{moment(record.started)}{ended}"
    yield "Read as of", f"{moment(record.as_of)}, {record.days:.1f} days"
    yield "Units", f"{record.units:,} of {record.planned:,} that were planned"
    yield "Plan", short_digest(record.plan_digest)


def _interval_title(record: Readout) -> str:
    """Return what the intervals of the metrics are called: a look has one level for all of them."""
    level = next((each.relative_interval.level for each in record.metrics
                  if each.relative_interval), None)  # fmt: skip
    return "Interval" if level is None else f"{100 * level:.3g}% interval"


def _metric(each: MetricReading, *, several: bool) -> dict[str, Any]:
    name = f"{each.metric}, {each.arm}" if several else each.metric
    role = "" if each.role == "primary" else f" ({each.role})"
    p_value = each.p_value if each.adjusted is None else each.adjusted
    return {
        "cells": [
            f"{name}{role}",
            _plain(each.control),
            _plain(each.treatment),
            "" if each.effect is None else signed(each.effect),
            "" if each.relative is None else f"{each.relative:+.1%}",
            _shares(each.relative_interval),
            "" if p_value is None else f"{p_value:.2g}",
        ],
        "finding": each.finding,
        "note": each.note,
        "saved": f"{each.gain:.0%}" if each.gain > 0 else "",
    }


def _group(each: GroupReading, *, several: bool) -> tuple[str, ...]:
    name = f"{each.by} {each.group}".strip()
    return (
        f"{name}, {each.arm}" if several else name,
        f"{each.units:,}",
        "not enough data" if each.relative is None else f"{each.relative:+.1%}",
        _shares(each.interval),
        "" if each.adjusted is None else f"{each.adjusted:.2g}",
    )


def _steadiness(each: Steadiness) -> str:
    if not each.differs:
        return (
            f"{each.arm}: the effect is not shown to differ between the {each.periods} periods "
            f"(p = {each.p_value:.2g})."
        )
    return (
        f"{each.arm}: the effect differs between the {each.periods} periods by more than chance "
        f"among units (p = {each.p_value:.2g}). If they are a draw from those to come, it is "
        f"{each.relative:+.1%} ({_shares(each.interval)})."
    )


def _novelty(each: Novelty) -> str:
    said = "fades" if each.fades else "grows" if each.grows else "is not shown to change"
    return (
        f"{each.arm}: the effect on the units of the first half {said}: {each.first:+.1%} in the "
        f"first half, {each.second:+.1%} in the second."
    )


def _plain(value: float | None) -> str:
    return "" if value is None else number(value)


def _bounds(interval: Interval) -> str:
    return f"{signed(interval.low)} to {signed(interval.high)}"


def _shares(interval: Interval | None) -> str:
    return "" if interval is None else f"{interval.low:+.1%} to {interval.high:+.1%}"
