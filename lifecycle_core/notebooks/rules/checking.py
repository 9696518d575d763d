"""All findings of a notebook at once, by cell and line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.notebooks.rules.table import RULES
from lifecycle_core.schema.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from lifecycle_core.notebooks.rules.base import Edit, Rule, Spot
    from lifecycle_core.notebooks.rules.view import View

_NONE: frozenset[str] = frozenset()
_DIFFERS = frozenset({"unseeded_random", "hash_order", "thread_order", "clock", "network"})


def check(
    view: View, *, waived: Collection[str] = _NONE
) -> tuple[tuple[Finding, tuple[Edit, ...]], ...]:
    """Let every rule look at a notebook.

    Args:
        view: The notebook, read.
        waived: Codes of rules to leave out.

    Returns:
        Each finding with the edits that mend it, sorted by cell and line.
    """
    found = []
    for rule in RULES:
        if rule.code in waived:
            continue
        for spot in _spots(rule, view):
            if spot.kind in _DIFFERS and _may_differ(spot.cell, view):
                continue
            edits = spot.edits if all(_applies(edit, view) for edit in spot.edits) else ()
            found.append((_finding(rule, spot, fixable=bool(edits)), edits))
    return tuple(sorted(found, key=lambda pair: _place(pair[0])))


def _spots(rule: Rule, view: View) -> Iterator[Spot]:
    """Yield what a rule finds, up to code that is nested too deeply for it to follow."""
    try:
        yield from rule.find(view)
    except RecursionError:
        return


def _may_differ(cell: int, view: View) -> bool:
    """Tell whether the author has tagged the cell as one that differs from run to run."""
    return cell in view.cell and "nondeterministic" in view.cell[cell].tags


def _finding(rule: Rule, spot: Spot, *, fixable: bool) -> Finding:
    return Finding(
        code=rule.code,
        rule=rule.name,
        kind=spot.kind,
        severity=spot.severity,
        cell=spot.cell,
        line=spot.line,
        column=spot.column,
        names=spot.names,
        message=spot.message,
        hint=spot.hint,
        fixable=fixable,
    )


def _applies(edit: Edit, view: View) -> bool:
    """Tell whether the tree's lines and columns are those of the source there.

    They are not on a line that is a magic, nor in a cell whose indentation or prompts were dropped.
    """
    source = view.cell[edit.cell].source
    magic_lines = {magic.line for magic in view.dataflow.parsed[edit.cell].magics}
    if edit.line in magic_lines or source.lstrip("\n")[:1] in {" ", "\t", ">"}:
        return False
    lines = source.split("\n")
    if "\r" in source or edit.line > len(lines):
        return False
    line = lines[edit.line - 1].encode()
    if edit.column is None:
        return True
    there = line[edit.column : edit.column + 1]
    return there in {b'"', b"'"} if edit.remove else there == b")"


def _place(finding: Finding) -> tuple[int, int, int, str]:
    return finding.cell, finding.line or 0, finding.column or 0, finding.code
