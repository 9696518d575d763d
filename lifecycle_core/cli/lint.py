"""`nbrelease lint`: what notebooks show without being run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lifecycle_core.cli.answering import answer, verb

if TYPE_CHECKING:
    from lifecycle_core.schema.finding import LintReport


@verb
def lint(
    notebooks: Annotated[
        list[Path],
        typer.Argument(help="Notebooks, or folders that hold some.", metavar="NOTEBOOK|DIR..."),
    ],
    fix: Annotated[  # noqa: FBT002 - typer reads a flag from a parameter
        bool, typer.Option("--fix", help="Mend what is safe to mend: seeds, paths.")
    ] = False,
    waive: Annotated[
        list[str] | None,
        typer.Option(help="Leave out the rule of this code.", metavar="CODE"),
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the record here.", metavar="FILE")
    ] = None,
    github: Annotated[  # noqa: FBT002 - as above
        bool, typer.Option("--github", help="Print annotations for a GitHub workflow.")
    ] = False,
) -> int:
    """Read notebooks for what a clean run would show, without running them.

    Exit code 0: no error and no warning; 1: some; 2: a file cannot be read.
    """
    from lifecycle_core import verbs

    report = verbs.lint(notebooks, fix=fix, waived=tuple(waive or ()))
    answer(report, json_file)
    if github:
        _annotate(report)
    return exit_code(report)


def exit_code(report: LintReport) -> int:
    """Return 2 if a file could not be read, 1 if there are errors or warnings, else 0."""
    if any(one.error for one in report.notebooks):
        return 2
    worse = (finding.severity != "info" for one in report.notebooks for finding in one.findings)
    return 1 if any(worse) else 0


def _annotate(report: LintReport) -> None:
    from lifecycle_core.notebooks.annotations import annotate

    for one in report.notebooks:
        try:
            text = Path(one.path).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            text = ""
        sys.stdout.write("".join(f"{line}\n" for line in annotate(one, text)))
