"""Findings as annotations of a GitHub workflow, on the line of the file where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.notebooks.file_lines import FileLines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.schema.finding import LintedNotebook

_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}


def annotate(linted: LintedNotebook, text: str) -> Iterator[str]:
    """Yield a workflow command for each finding.

    Args:
        linted: The findings of one notebook.
        text: The text of its file.

    Example:
        >>> from lifecycle_core.schema.finding import LintedNotebook
        >>> list(annotate(LintedNotebook(path="a.ipynb", error="It is empty."), ""))
        ['::error file=a.ipynb,line=1::It is empty.']
    """
    path = _property(linted.path)
    if linted.error:
        yield f"::error file={path},line=1::{_data(linted.error)}"
    lines = FileLines(text) if linted.findings else None
    for finding in linted.findings:
        line = lines.line(finding.cell, finding.line) if lines else 1
        title = _property(f"{finding.code} {finding.rule}, cell {finding.cell}")
        message = _data(f"{finding.message}\n{finding.hint}")
        yield f"::{_LEVELS[finding.severity]} file={path},line={line},title={title}::{message}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
