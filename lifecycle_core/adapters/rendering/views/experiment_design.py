"""The design of an experiment: the length that was chosen, and what each length can see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.durations import duration_chart
from lifecycle_core.adapters.rendering.plain import one_line
from lifecycle_core.adapters.rendering.rows import facts, table, title
from lifecycle_core.adapters.rendering.words import how_many, number
from lifecycle_core.adapters.rendering.words import plan_facts as stated

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.experiment_design import DesignRow, ExperimentDesign

_MOST = 10


def values(record: ExperimentDesign) -> dict[str, Any]:
    """Add the headline, the plan and the lengths in words, and the picture."""
    read = (
        f"from {how_many(record.of_history, 'day')} of the log"
        if record.of_history
        else "as you said"
    )
    control = f"{number(record.control)} a unit, standard deviation {number(record.spread)}; {read}"
    return {
        "headline": _headline(record),
        "summary": [
            *stated(record.plan),
            ("Control", control),
            *([("Plan", one_line(record.file))] if record.file else []),
        ],
        "rows": [_row(record, each) for each in _shown(record)],
        "guardrails": [each.name for each in record.plan.guardrails],
        "chart": duration_chart(record),
        "next": f"nbrelease experiment start {record.file}" if record.file else "",
    }  # fmt: skip


def text(record: ExperimentDesign) -> list[RenderableType]:
    """Return the same, without the picture."""
    found = values(record)
    seen = ["Sees", "Without history", "Read once", "Saved"]
    rails = [f"{name} kept" for name in found["guardrails"]]
    made = table(
        "", record.plan.period.title() + "s", "Units", *seen, *rails,
        numbers=[record.plan.period.title() + "s", "Units", *seen, *rails],
    )  # fmt: skip
    for row in found["rows"]:
        made.add_row("▸" if row["chosen"] else "", *row["cells"])
    shown: list[RenderableType] = [
        title(f"Experiment {record.plan.name} of {record.plan.release}: {found['headline']}"),
        facts(*found["summary"]),
        made,
        *(Text(note) for note in record.notes),
    ]
    if found["next"]:
        shown.append(Text("Next: ", style="dim").append(found["next"]))
    return shown


def _headline(record: ExperimentDesign) -> str:
    length = how_many(record.chosen, record.plan.period)
    effect = f"{record.plan.rule.effect:.1%}"
    if not record.sees:
        return f"an effect of {effect} is not seen within {length}"
    return f"{length} to see an effect of {effect}"


def _shown(record: ExperimentDesign) -> list[DesignRow]:
    """Return the chosen length with its neighbours, and some of the others."""
    step = max(1, len(record.rows) // _MOST)
    near = range(record.chosen - 1, record.chosen + 2)
    return [each for each in record.rows if each.periods % step == 0 or each.periods in near]


def _row(record: ExperimentDesign, row: DesignRow) -> dict[str, Any]:
    beyond = record.extended is not None and row.periods >= record.extended
    return {
        "chosen": row.periods == record.chosen,
        "beyond": beyond,
        "cells": [
            f"{row.periods}{'*' if beyond else ''}",
            f"{row.units:,}",
            _share(row.smallest),
            _share(row.unadjusted),
            _share(row.once),
            f"{row.gain:.0%}",
            *(
                f"{row.guardrails[each.name]:.0%}" if each.name in row.guardrails else ""
                for each in record.plan.guardrails
            ),
        ],
    }


def _share(value: float | None) -> str:
    return "nothing" if value is None else f"{value:.1%}"
