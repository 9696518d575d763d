"""`nbrelease review`: technical health and business effect of one window, read together."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from lifecycle_core.cli.answering import answer, asking, verb
from lifecycle_core.cli.options import JsonOption, SpecArgument
from lifecycle_core.errors import InvalidCall

SHORT_HELP = "Review a window of a release."
EXAMPLE = "Example: nbrelease review churn --window 2026-W10 --report reviews.html"


@verb
def review(
    spec: SpecArgument,
    window: Annotated[
        str | None,
        typer.Option(
            help="2026-03-09, 2026-W10, 2026-03, 2026-Q1 or 2026; the last complete one if not "
            "said.",
            metavar="WINDOW",
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(help="Look back from this moment, in UTC; now if not said.", metavar="TIME"),
    ] = None,
    html_file: Annotated[
        Path | None, typer.Option("--html", help="Write a page for people here.", metavar="FILE")
    ] = None,
    report_file: Annotated[
        Path | None,
        typer.Option(
            "--report", help="Write a page over up to 12 windows until this one.", metavar="FILE"
        ),
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option(help="A notebook of your own that makes the report.", metavar="NOTEBOOK"),
    ] = None,
    json_file: JsonOption = None,
) -> int:
    """Read one window of the logs: technical, data, quality, action, business, response rules.

    Exit code: 0 no rule fired, 1 one did.
    """
    from lifecycle_core import verbs
    from lifecycle_core.adapters.files import require_place, write_atomically
    from lifecycle_core.adapters.reports import record_page
    from lifecycle_core.adapters.terminal import watched

    if template and not report_file:
        raise InvalidCall("--template is of --report.", hint="Add --report FILE.")
    for file in (html_file, json_file, report_file):
        if file:
            require_place(file.parent)
    with asking():
        found = verbs.review(spec, window=window, as_of=as_of)
    if report_file:
        with watched(sys.stderr) as progress:
            series = verbs.review_series(
                spec, window=found.window.label, as_of=as_of, progress=progress
            )
            page = verbs.review_report(series, notebook=template, progress=progress)
        write_atomically(report_file, page)
    if html_file:
        heading = f"Review of {found.release}, {found.window.label}"
        write_atomically(html_file, record_page(found, heading=heading))
    answer(found, json_file)
    return 1 if found.firings else 0
