"""Where the lines lie in a picture of what an experiment can see after each length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lifecycle_core.schema.experiment_design import ExperimentDesign

_LEFT, _RIGHT, _TOP, _BOTTOM = 60.0, 628.0, 24.0, 196.0
_FEWEST = 2
_TICKS = 4


def duration_chart(record: ExperimentDesign) -> dict[str, Any] | None:
    """Return coordinates and labels in 640 by 236 units; None with fewer than two lengths.

    Across goes the length, down the smallest effect that is seen: with what is known from before
    taken out, and without.
    """
    rows = [each for each in record.rows if each.smallest is not None]
    if len(rows) < _FEWEST:
        return None
    highest = max(
        [record.plan.rule.effect, *(each.smallest or 0.0 for each in rows)]
        + [each.unadjusted or 0.0 for each in rows]
    )
    first, last = rows[0].periods, rows[-1].periods

    def across(periods: float) -> float:
        return round(_LEFT + (periods - first) / (last - first) * (_RIGHT - _LEFT), 1)

    def down(effect: float) -> float:
        return round(_BOTTOM - effect / highest * (_BOTTOM - _TOP), 1)

    def line(effects: list[tuple[int, float | None]]) -> str:
        return " ".join(f"{across(at)},{down(effect or 0.0)}" for at, effect in effects)

    step = max(1, (last - first) // 8)
    return {
        "smallest": line([(each.periods, each.smallest) for each in rows]),
        "unadjusted": line([(each.periods, each.unadjusted) for each in rows]),
        "wanted": down(record.plan.rule.effect),
        "chosen": across(record.chosen),
        "x_ticks": [
            {"at": across(periods), "label": str(periods)}
            for periods in range(first, last + 1, step)
        ],
        "y_ticks": [
            {"at": down(highest * at / _TICKS), "label": f"{highest * at / _TICKS:.1%}"}
            for at in range(_TICKS + 1)
        ],
        "summary": f"The smallest effect that is seen, by length in {record.plan.period}s: "
        f"{rows[0].smallest or 0.0:.1%} after {first}, {rows[-1].smallest or 0.0:.1%} after {last}",
    }
