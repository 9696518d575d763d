"""A clean run compared with the stored outputs: the cause first, then the difference, then all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.cause_words import (
    AGAINST,
    factors,
    headline,
    kind_title,
    known,
    main_cause,
    place,
)
from lifecycle_core.adapters.rendering.differences import side_by_side
from lifecycle_core.adapters.rendering.pictures import png_address
from lifecycle_core.adapters.rendering.plain import one_line, visible
from lifecycle_core.adapters.rendering.rows import facts, mark, table, title
from lifecycle_core.adapters.rendering.session_rows import session_rows, unsaved_rows
from lifecycle_core.adapters.rendering.unshown_words import unshown_notice
from lifecycle_core.adapters.rendering.words import MARKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from lifecycle_core.adapters.rendering.differences import Row
    from lifecycle_core.schema.reproduction import Cause, CellResult, Reproduction, Run, Trial

_BROKEN = {"different", "failed", "not_run"}
_FIRST = {
    "different": "First difference",
    "failed": "First failure",
    "not_run": "First cell that did not run",
}
_SHOWN_CELLS = 20
_TABLE_ROWS = 300
_TEXT_LINES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCause:
    """A cause in words.

    Attributes:
        where: The cell and the line, with the code there if it is known.
        known: How it is known and how sure that is.
    """

    title: str
    kind: str
    where: str
    evidence: str
    known: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCell:
    """A cell that did not reproduce, with its outputs side by side.

    Attributes:
        rows: Its text outputs; empty if there are none to compare.
        stored_png: A `data:` address of the stored picture, or None.
        fresh_png: Likewise of the clean run's.
        variables: Those that differ, each in a few words.
        generators: The shared random generators that it left elsewhere, likewise.
    """

    cell: CellResult
    rows: tuple[Row, ...]
    stored_png: str | None
    fresh_png: str | None
    variables: tuple[str, ...]
    generators: tuple[str, ...]


def values(record: Reproduction) -> dict[str, Any]:
    """Add the verdict in words, the causes, the cells that broke, and what was tried."""
    broken = [cell for cell in record.cells if cell.status in _BROKEN]
    listed = _listed(record)
    return {
        "headline": headline(record),
        "counts": counts(record),
        "stopped": _stopped(record),
        "unrecorded": _unrecorded(record),
        "unshown": unshown_notice(record),
        "causes": [shown_cause(cause, record) for cause in _ordered(record)],
        "broken": [shown_cell(cell) for cell in broken[:_SHOWN_CELLS]],
        "more_broken": [cell.index for cell in broken[_SHOWN_CELLS:]],
        "listed": [(cell, note(cell)) for cell in listed],
        "left_out": len(record.cells) - len(listed),
        "trials": [
            (factors(trial), trial.cell, _ended(trial), AGAINST[trial.against])
            for trial in record.trials
        ],
    }


def text(record: Reproduction) -> list[RenderableType]:
    """Return the verdict, the causes, the first difference, every cell, and what was tried."""
    broken = [cell for cell in record.cells if cell.status in _BROKEN]
    parts: list[RenderableType] = [
        title(mark(record.verdict), f"{headline(record)}."),
        Text(f"{one_line(record.notebook)}: {counts(record)}.", style="dim"),
    ]
    if said := unshown_notice(record):
        parts.append(Text(one_line(said), style="yellow"))
    parts += unsaved_rows(record.session)
    parts += [
        Text(one_line(f"The run ended with {run.exit}: {run.message}"), style="red")
        for run in _stopped(record)
    ]
    parts += [Text(one_line(said), style="yellow") for said in _unrecorded(record)]
    for cause in _ordered(record):
        parts += [Text(), _cause_text(shown_cause(cause, record))]
    if broken:
        parts += [Text(), *_difference_text(broken[0])]
    parts += session_rows(record.session)
    parts += [Text(), _cells_text(record)]
    if record.trials:
        parts += [Text(), _trials_text(record)]
    return parts


def counts(record: Reproduction) -> str:
    """Return how many cells ended in which way."""
    counted = Counter[str](cell.status for cell in record.cells)
    return ", ".join(f"{counted[s]} {MARKS[s][2]}" for s in MARKS if counted[s]) or "no code cells"


def shown_cause(cause: Cause, record: Reproduction) -> ShownCause:
    """Return a cause in words."""
    return ShownCause(
        title=kind_title(cause, record.trials),
        kind=cause.kind,
        where=place(cause, record.cells),
        evidence=cause.evidence,
        known=known(cause, record.trials),
        hint=cause.hint,
    )


def shown_cell(cell: CellResult) -> ShownCell:
    """Return a cell with its outputs side by side."""
    return ShownCell(
        cell=cell,
        rows=side_by_side(cell.stored, cell.fresh),
        stored_png=png_address(cell.stored_png),
        fresh_png=png_address(cell.fresh_png),
        variables=tuple(
            found.name
            + (f" ({found.type})" if found.type else "")
            + (f": {found.note}" if found.note else "")
            for found in cell.variables
            if found.status == "different"
        ),
        generators=tuple(
            f"{found.name}: {found.note}"
            for found in cell.generators
            if found.status == "different"
        ),
    )


def note(cell: CellResult) -> str:
    """Return what was set aside in a cell, or why it was skipped, and which variables differ."""
    if cell.status == "skipped":
        return cell.detail
    differing = [found.name for found in cell.variables if found.status == "different"]
    return "; ".join(
        filter(
            None,
            (
                ", ".join(cell.normalisers),
                f"relative difference up to {cell.max_rel_error:.2g}"
                if cell.max_rel_error is not None
                else "",
                "clean runs disagree" if cell.agree is False else "",
                f"variables that differ: {', '.join(differing)}" if differing else "",
            ),
        )
    )


def _stopped(record: Reproduction) -> Sequence[Run]:
    """Return the first run that ended early, unless a cause says so already."""
    said = "\n".join(cause.evidence for cause in record.causes)
    return [run for run in record.runs if run.exit != "ok" and run.message not in said][:1]


def _unrecorded(record: Reproduction) -> Sequence[str]:
    """Return what the runs did that could not be recorded, each sentence once."""
    said = (run.message for run in record.runs if run.exit == "ok" and run.message)
    return list(dict.fromkeys(said))


def _ordered(record: Reproduction) -> Sequence[Cause]:
    """Return the causes, the one that the headline names first."""
    first = main_cause(record)
    return [cause for cause in (first, *record.causes) if cause is not None][:1] + [
        cause for cause in record.causes if cause is not first
    ]


def _listed(record: Reproduction) -> Sequence[CellResult]:
    """Return the cells for the table: all, or of very many those that are not plainly the same."""
    if len(record.cells) <= _TABLE_ROWS:
        return record.cells
    return [cell for cell in record.cells if cell.status != "identical"][:_TABLE_ROWS]


def _cause_text(cause: ShownCause) -> RenderableType:
    return facts(
        ("Cause", Text(f"{cause.title} ({cause.kind})", style="bold")),
        ("Where", one_line(cause.where)),
        ("Evidence", one_line(cause.evidence)),
        ("Known", one_line(cause.known)),
        ("Fix", Text(one_line(cause.hint), style="green")),
    )


def _difference_text(cell: CellResult) -> list[RenderableType]:
    """Return the first cell that broke, and some lines of its outputs below each other."""
    head = Text(f"{_FIRST[cell.status]}: cell {cell.index} ", style="bold")
    return [head.append(one_line(cell.label)), *difference_lines(cell)]


def difference_lines(cell: CellResult) -> list[RenderableType]:
    """Return what differs in a cell, and some lines of its outputs below each other."""
    shown = shown_cell(cell)
    lines: list[Text] = []
    for row in shown.rows:
        if row.kind != "changed":
            continue
        for sign, pieces, style in (("-", row.left, "red"), ("+", row.right, "green")):
            if pieces is not None:
                lines.append(Text(f"{sign} {''.join(words for words, _ in pieces)}", style=style))
    if len(lines) > _TEXT_LINES:
        lines = [*lines[:_TEXT_LINES], Text(f"... {len(lines) - _TEXT_LINES} more lines")]
    legend = [Text("- stored  + clean run", style="dim")] if lines else []
    variables = [
        *(Text(f"Variable {one_line(found)}") for found in shown.variables),
        *(Text(f"Random generator {one_line(found)}") for found in shown.generators),
    ]
    detail = [Text(visible(cell.detail))] if cell.detail else []
    return [*detail, *legend, *lines, *variables]


def _cells_text(record: Reproduction) -> RenderableType:
    listed = _listed(record)
    made = table("Cell", "First line", "Result", "Notes", numbers=["Cell"])
    for cell in listed:
        made.add_row(str(cell.index), one_line(cell.label), mark(cell.status), one_line(note(cell)))
    if left_out := len(record.cells) - len(listed):
        made.add_row("", f"and {left_out:,} more cells", Text(), "")
    return made


def _ended(trial: Trial) -> str:
    """Return how a trial ended: held still, a thing may help; changed, it may do harm."""
    if trial.agrees:
        return "agreed"
    return "moved" if trial.against == "clean_run" else "disagreed"


def _trials_text(record: Reproduction) -> RenderableType:
    made = table("What was tried", "Cell", "Did it agree?", "Compared with", numbers=["Cell"])
    for trial in record.trials:
        made.add_row(
            factors(trial),
            str(trial.cell),
            mark(_ended(trial)),
            AGAINST[trial.against],
        )
    return made
