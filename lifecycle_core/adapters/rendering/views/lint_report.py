"""What reading notebooks showed, one line for each finding."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.words import how_many

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType

    from lifecycle_core.schema.finding import Finding, LintReport

_STYLES = {"error": "red", "warning": "yellow", "info": "dim"}
_WORDS = {"error": "error", "warning": "warning", "info": "note"}


def values(record: LintReport) -> dict[str, Any]:
    """Add the state and the summary."""
    counted = Counter[str](finding.severity for one in record.notebooks for finding in one.findings)
    unread = sum(bool(one.error) for one in record.notebooks)
    bad = bool(counted["error"] or counted["warning"] or unread)
    return {"state": "fail" if bad else "pass", "summary": _summary(record, unread)}


def text(record: LintReport) -> list[RenderableType]:
    """Return a line for each finding, grouped by notebook, then the summary."""
    parts: list[RenderableType] = []
    for one in record.notebooks:
        if one.error:
            parts.append(Text(f"{one.path}: {one.error}", style="red"))
        parts += [_line(one.path, finding) for finding in one.findings]
    return [*parts, Text(values(record)["summary"], style="bold")]


def counts(findings: Iterable[Finding]) -> str:
    """Return how many findings there are of each severity, the worst first; empty if none."""
    counted = Counter[str](finding.severity for finding in findings)
    return ", ".join(how_many(counted[level], _WORDS[level]) for level in _WORDS if counted[level])


def _line(path: str, finding: Finding) -> Text:
    place = f"{path}:cell {finding.cell}" + (f":{finding.line}" if finding.line else "")
    made = Text(f"{place}: ", overflow="fold")
    made.append(f"{finding.code} {finding.severity}", style=_STYLES.get(finding.severity, "dim"))
    made.append(f" {finding.message}")
    made.append(f"\n    {finding.hint}" + " [--fix]" * finding.fixable, style="dim")
    return made


def _summary(record: LintReport, unread: int) -> str:
    found = counts(finding for one in record.notebooks for finding in one.findings)
    said = f"{how_many(len(record.notebooks), 'notebook')}: {found or 'nothing found'}"
    if fixed := sum(one.fixed for one in record.notebooks):
        said += f"; {fixed} mended"
    fixable = sum(finding.fixable for one in record.notebooks for finding in one.findings)
    if fixable:
        said += f"; --fix can mend {fixable}"
    return said + (f"; {unread} could not be read" if unread else "") + "."
