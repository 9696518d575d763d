"""What reading a notebook says without running it: findings, and the report of a lint."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lifecycle_core.schema.base import Record
from lifecycle_core.schema.reproduction import CauseKind

Severity = Literal["error", "warning", "info"]


class Finding(Record):
    """One thing that a rule found.

    Attributes:
        code: The rule's code, such as `NB301`.
        rule: The rule's name, such as `unseeded-random`.
        kind: The cause that a clean run would show; None where a run shows none, as for a secret.
        severity: `error` if a clean run will fail, `warning` if it will differ or may, `info` for
            a weak sign.
        cell: Index among all cells of the file, from 0.
        line: Line within the cell, from 1; None where the whole cell or its metadata is meant.
        column: Column within the line, from 1.
        names: Variables, modules or paths it is about.
        message: The fact, in one line of plain text.
        hint: What to do.
        fixable: `nbrelease lint --fix` can mend it without changing what the notebook means.
    """

    code: str
    rule: str
    kind: CauseKind | None = None
    severity: Severity
    cell: int = Field(ge=0)
    line: int | None = Field(default=None, ge=1)
    column: int | None = Field(default=None, ge=1)
    names: tuple[str, ...] = ()
    message: str
    hint: str
    fixable: bool = False


class LintedNotebook(Record):
    """The findings of one notebook, by cell and line.

    Attributes:
        path: As it was named.
        fixed: How many findings `--fix` mended; they are not among `findings`.
        error: Why it could not be read, or empty.
    """

    path: str
    findings: tuple[Finding, ...] = ()
    fixed: int = Field(default=0, ge=0)
    error: str = ""


class LintReport(Record):
    """What `nbrelease lint` found in a set of notebooks."""

    schema_: Literal["nbrelease/lint/1"] = Field(default="nbrelease/lint/1", alias="schema")
    notebooks: tuple[LintedNotebook, ...]
