"""GitHub Actions: annotations on a line of the notebook's file, and the summary of a step."""

from __future__ import annotations

import html
import re
import secrets
from itertools import zip_longest
from typing import TYPE_CHECKING

from lifecycle_core.adapters.rendering.cause_words import kind_title, main_cause, short_reason
from lifecycle_core.adapters.rendering.plain import one_line
from lifecycle_core.adapters.rendering.unshown_words import unshown_notice
from lifecycle_core.adapters.rendering.views import reproductions as view
from lifecycle_core.adapters.rendering.words import MARKS
from lifecycle_core.adapters.reports.statements import (
    broken_cells,
    cause_text,
    causes_of,
    difference_text,
)
from lifecycle_core.notebooks.annotations import annotation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lifecycle_core.notebooks.file_lines import FileLines
    from lifecycle_core.schema.reproduction import Reproduction
    from lifecycle_core.schema.reproductions import NotebookCheck, Reproductions

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|~@:-])")
_MOST = 900_000
"""Characters of a summary; GitHub refuses one above 1 MiB."""


def workflow_commands(
    record: Reproductions,
    lines: Mapping[str, FileLines],
    files: Mapping[str, str],
) -> str:
    """Return a workflow command for each cause and for each first difference without one.

    What no output shows is a warning.

    GitHub shows ten errors of a step, so that the first of every notebook comes before the second
    of any.

    Args:
        record: The notebooks.
        lines: Of each path, where its cells stand in its file; those that cannot be read lack.
        files: Of each path, how the repository calls it.
    """
    by_notebook = [
        list(_of_notebook(check, lines.get(check.path), files.get(check.path, check.path)))
        for check in record.notebooks
    ]
    turns = zip_longest(*by_notebook)
    return "".join(command + "\n" for turn in turns for command in turn if command)


def silenced() -> tuple[str, str]:
    """Return the two lines between which GitHub takes no line of a log for a command."""
    token = secrets.token_hex(16)
    return f"::stop-commands::{token}\n", f"::{token}::\n"


def step_summary(record: Reproductions) -> str:
    """Return a Markdown table of the notebooks, the worst first."""
    rows = [
        "## Reproducibility\n",
        f"{_cell(view.summary(record))}\n",
        "| Result | Notebook | Where and why | What to do |",
        "| --- | --- | --- | --- |",
    ]
    size = sum(map(len, rows))
    for check in sorted(record.notebooks, key=lambda found: -found.exit_code):
        row = _row(check)
        size += len(row) + 1
        if size > _MOST:
            rows.append("| | more notebooks than a summary can hold | | |")
            break
        rows.append(row)
    return "\n".join(rows) + "\n"


def _of_notebook(check: NotebookCheck, lines: FileLines | None, file: str) -> Iterator[str]:
    found = check.reproduction
    if found is None:
        text = f"{check.error}\n{check.hint}".rstrip()
        yield _command(file, None, "This notebook could not be checked", text)
    elif not found.reproducible:
        yield from _of_reproduction(found, lines, file)
    elif said := unshown_notice(found):
        first = next((one for one in found.unshown if one.kind), found.unshown[0])
        cell, at = (first.at, first.line) if first.kind else (first.cell, None)
        line = lines.line(cell, at) if lines and cell is not None else None
        yield annotation("warning", file, line, "No output shows what differs", said)


def _of_reproduction(found: Reproduction, lines: FileLines | None, file: str) -> Iterator[str]:
    def line(cell: int | None, source_line: int | None) -> int | None:
        return lines.line(cell, source_line) if lines and cell is not None else None

    for cause in found.causes:
        where = "" if cause.cell is None else f" (cell {cause.cell})"
        at = line(cause.cell, cause.line)
        yield _command(
            file, at, f"{kind_title(cause, found.trials)}{where}", cause_text(cause, found)
        )
    for cell in broken_cells(found)[:1]:
        if not causes_of(cell, found):
            title = f"Cell {cell.index}: {MARKS[cell.status][2]}"
            yield _command(file, line(cell.index, None), title, difference_text(cell))
    if not found.causes and not broken_cells(found):
        yield _command(file, None, "Not reproducible", short_reason(found))


def _command(file: str, line: int | None, title: str, message: str) -> str:
    return annotation("error", file, line, title, message)


def _row(check: NotebookCheck) -> str:
    found = check.reproduction
    state = view.state(check)
    why = check.error if found is None else short_reason(found) or unshown_notice(found)
    cause = main_cause(found) if found and not found.reproducible else None
    hint = check.hint or (cause.hint if cause else "")
    icon, word = MARKS[state][1:]
    parts = (f"{icon} {word}", check.path, why, hint)
    return "| " + " | ".join(_cell(part) for part in parts) + " |"


def _cell(text: str) -> str:
    """Return text as Markdown that shows it as it is."""
    return _MARKDOWN.sub(r"\\\1", html.escape(one_line(text), quote=False))
