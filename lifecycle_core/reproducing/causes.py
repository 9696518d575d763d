"""Why a clean run failed or differs: what can be read off the run itself, and no guesses.

What nothing explains is `unexplained`. A cause that only fits the facts has a confidence below 1.
"""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.cells import python_source
from lifecycle_core.notebooks.normalisers.ansi import plain
from lifecycle_core.schema.reproduction import Cause, CauseKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.cells import CodeCell
    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.schema.reproduction import CellResult

_FRAME = re.compile(r"Cell In\[\d+\], line (\d+)")
_NAME = re.compile(r"name '([^']+)' is not defined")
_MODULE = re.compile(r"No module named '([^'.]+)")
_FILE = re.compile(r"No such file or directory: '([^']+)'")
_ABSOLUTE = re.compile(r"^(?:/|~|[A-Za-z]:[\\/])")
_SAID_BY_RUN: dict[str, tuple[CauseKind, str]] = {
    "killed": (
        "kernel_died",
        "Give the kernel more memory or less data, or look at what the cell calls in native code.",
    ),
    "timeout": (
        "timeout",
        "Make the cell faster, or allow more time with --cell-timeout or policy.cell_timeout.",
    ),
    "exited": (
        "early_exit",
        "Remove the call that ends the notebook, such as sys.exit() or quit(); all cells must run.",
    ),
}


def find_causes(
    cells: tuple[CodeCell, ...],
    execution: Execution,
    results: tuple[CellResult, ...],
    *,
    blank: bool,
) -> tuple[Cause, ...]:
    """Return what can be said about cells that failed, did not run or differ, most certain first.

    Args:
        cells: The notebook's code cells.
        execution: The clean run.
        results: One result per cell.
        blank: The notebook was never executed before it was saved.
    """
    found = list(_from_run(cells, execution))
    differing = [result for result in results if result.status == "different"]
    if found or differing:
        found += _from_counts(cells)
    if blank and not found:
        found.append(
            Cause(
                kind="unexplained",
                evidence="The notebook was saved without outputs: there is nothing to compare the "
                "clean run with.",
                hint="Run all cells (Run > Restart Kernel and Run All Cells) and save it.",
                shown_by="observation",
                confidence=1.0,
            )
        )
    elif differing:
        found.append(_unexplained(differing))
    return tuple(sorted(found, key=lambda cause: -cause.confidence))


def _from_run(cells: tuple[CodeCell, ...], execution: Execution) -> Iterator[Cause]:
    run = execution.run
    if run.exit in _SAID_BY_RUN:
        kind, hint = _SAID_BY_RUN[run.exit]
        yield Cause(
            kind=kind,
            cell=run.stopped_at,
            line=_line(execution, run.stopped_at),
            evidence=run.message,
            hint=hint,
            shown_by="observation",
            confidence=1.0,
        )
    elif run.exit == "error":
        yield _from_error(cells, execution)


def _from_error(cells: tuple[CodeCell, ...], execution: Execution) -> Cause:
    """Name the cause of a cell that raised, where its error says it."""
    run = execution.run
    kind: CauseKind = "unexplained"
    names: tuple[str, ...] = ()
    hint = "Open the notebook, choose Restart Kernel and Run All Cells, and mend this cell."
    confidence = 0.0
    if match := _MODULE.search(run.message):
        kind, names, confidence = "missing_module", (match[1],), 1.0
        hint = f"Install the package that holds {match[1]} in the environment of nbrelease."
    elif match := _FILE.search(run.message):
        absolute = bool(_ABSOLUTE.match(match[1]))
        kind, confidence = ("absolute_path", 0.9) if absolute else ("missing_data", 1.0)
        names = (match[1],)
        hint = (
            "Put the file into the notebook's project and name it by a relative path."
            if absolute
            else "Add the file to the project, relative to the notebook's folder; files that git "
            "ignores are not part of a clean copy."
        )
    elif match := _NAME.search(run.message):
        kind, names, confidence = "undefined_name", (match[1],), 1.0
        hint = _definition_hint(cells, match[1], run.stopped_at)
    elif run.message.startswith("StdinNotImplementedError"):
        kind, confidence = "interactive_input", 1.0
        hint = "Replace input() by a value in a cell tagged `parameters`, set with --param."
    return Cause(
        kind=kind,
        cell=run.stopped_at,
        line=_line(execution, run.stopped_at),
        names=names,
        evidence=run.message,
        hint=hint,
        shown_by="observation",
        confidence=confidence,
    )


def _definition_hint(cells: tuple[CodeCell, ...], name: str, failed: int | None) -> str:
    """Say where else the notebook defines a name that was missing."""
    later = [
        cell.index
        for cell in cells
        if failed is not None and cell.index > failed and name in _assigned(cell.source)
    ]
    if later:
        return f"Cell {later[0]} defines {name}; move it above cell {failed}."
    return f"No cell before it defines {name}: restore the cell that did, or import it."


def _assigned(source: str) -> set[str]:
    try:
        tree = ast.parse(python_source(source))
    except (SyntaxError, ValueError, RecursionError):
        return set()
    names = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.alias(name=name, asname=asname):
                names.add(asname or name.partition(".")[0])
            case _:
                continue
    return names


def _from_counts(cells: tuple[CodeCell, ...]) -> Iterator[Cause]:
    counted = [cell for cell in cells if cell.execution_count is not None]
    for earlier, later in pairwise(counted):
        before, after = earlier.execution_count or 0, later.execution_count or 0
        if after < before:
            yield Cause(
                kind="out_of_order",
                cell=later.index,
                evidence=f"The stored notebook ran cell {later.index} as [{after}], before cell "
                f"{earlier.index} as [{before}].",
                hint="Choose Restart Kernel and Run All Cells, check the results, and save.",
                shown_by="observation",
                confidence=0.4,  # such notebooks reproduce a third as often; that is no proof
            )
            return


def _unexplained(differing: list[CellResult]) -> Cause:
    first = differing[0]
    others = [str(result.index) for result in differing[1:]]
    also = f" Cells that differ too: {', '.join(others)}." if others else ""
    return Cause(
        kind="unexplained",
        cell=first.index,
        evidence=f"{first.detail}.{also}",
        hint="Look for a missing seed, the date, the network, or an edit after the last full run; "
        "then Restart Kernel and Run All Cells, and save.",
        shown_by="observation",
        confidence=0.0,
    )


def _line(execution: Execution, index: int | None) -> int | None:
    """Return the line of a cell at which its error came up, from the outermost frame."""
    if index is None or index not in execution.cells:
        return None
    for output in execution.cells[index].outputs:
        for text in output.get("traceback", ()):
            if match := _FRAME.search(plain(str(text))):
                return int(match[1])
    return None
