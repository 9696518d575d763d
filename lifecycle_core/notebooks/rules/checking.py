"""All findings of a notebook at once, by cell and line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.notebooks.rules.table import RULES
from lifecycle_core.schema.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Collection

    from lifecycle_core.notebooks.rules.base import Edit
    from lifecycle_core.notebooks.rules.view import View

_NONE: frozenset[str] = frozenset()


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
    found = [
        (
            Finding(
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
                fixable=bool(spot.edits),
            ),
            spot.edits,
        )
        for rule in RULES
        if rule.code not in waived
        for spot in rule.find(view)
    ]
    return tuple(sorted(found, key=lambda pair: _place(pair[0])))


def _place(finding: Finding) -> tuple[int, int, int, str]:
    return finding.cell, finding.line or 0, finding.column or 0, finding.code
