"""Annotations of a GitHub workflow, on the line of the file where a finding stands."""

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
    if linted.error:
        yield annotation("error", linted.path, 1, "", linted.error)
    lines = FileLines(text) if linted.findings else None
    for finding in linted.findings:
        line = lines.line(finding.cell, finding.line) if lines else 1
        title = f"{finding.code} {finding.rule}, cell {finding.cell}"
        message = f"{finding.message}\n{finding.hint}"
        yield annotation(_LEVELS[finding.severity], linted.path, line, title, message)


def annotation(level: str, file: str, line: int | None, title: str, message: str) -> str:
    r"""Return one workflow command, its parts escaped so that they can start no other.

    Example:
        >>> annotation("error", "a.ipynb", 3, "Cell 1: different", "was\n::debug::")
        '::error file=a.ipynb,line=3,title=Cell 1%3A different::was%0A::debug::'
    """
    properties = {"file": file, "line": str(line) if line else "", "title": title}
    where = ",".join(f"{name}={_property(text)}" for name, text in properties.items() if text)
    return f"::{level} {where}::{_data(message or title)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
