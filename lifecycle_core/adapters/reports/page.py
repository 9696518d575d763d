"""One self-contained HTML page about checked notebooks; it loads nothing and runs nothing."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.rendering.html import record_environment
from lifecycle_core.adapters.rendering.views import lint_report, reproduction, reproductions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lifecycle_core.schema.finding import Finding
    from lifecycle_core.schema.reproductions import NotebookCheck, Reproductions

_TEMPLATE = "reports/reproduction.html.j2"
_MOST_FINDINGS = 300
_SHORT = 10
"""Findings that are shown at once; a longer list is opened by who wants it."""
_NONE: Mapping[str, Sequence[Finding]] = MappingProxyType({})


def page(record: Reproductions, findings: Mapping[str, Sequence[Finding]] = _NONE) -> str:
    """Return the page: of one notebook its verdict at once, of several a table of them first.

    It works without script and without a network, in light and in dark, on a screen, on paper and
    for a screen reader. Whatever a notebook holds stays text: every value is escaped, controls
    and marks of direction are shown, a picture is shown only if it is a PNG, and the page's policy
    forbids everything else.

    Args:
        record: The notebooks.
        findings: Of each path, what reading the notebook says; those without any may lack.
    """
    rows = reproductions.values(record)["rows"]
    several = len(rows) != 1
    checks = [
        {
            **_shown(check, f"notebook-{number}-" if several else "", findings),
            "state": state,
            "note": note,
        }
        for number, (check, state, note) in enumerate(rows, 1)
    ]
    return (
        record_environment()
        .get_template(_TEMPLATE)
        .render(
            several=several,
            heading=f"{len(checks)} notebooks" if several else record.notebooks[0].path,
            summary=reproductions.summary(record),
            checks=checks,
        )
    )


def _shown(
    check: NotebookCheck, prefix: str, findings: Mapping[str, Sequence[Finding]]
) -> dict[str, Any]:
    """Return a notebook's check with its view, its findings, and the places of its cells."""
    view = reproduction.values(check.reproduction) if check.reproduction else None
    found = findings.get(check.path, ())
    return {
        "check": check,
        "view": view,
        "findings": {
            "findings": found[:_MOST_FINDINGS],
            "left_out": max(len(found) - _MOST_FINDINGS, 0),
            "counts": lint_report.counts(found),
            "short": len(found) <= _SHORT,
        },
        "anchors": {
            cell.index: f"{prefix}cell-{cell.index}" for cell, _ in (view["listed"] if view else ())
        },
    }
