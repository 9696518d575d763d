"""`nbrelease review`: technical health and business effect of one window, read together."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lifecycle_core.cli.answering import answer, asking, verb
from lifecycle_core.cli.options import JsonOption, SpecArgument

SHORT_HELP = "Review a window of a release."
EXAMPLE = "Example: nbrelease review churn --window 2026-W10 --html review.html"


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
    json_file: JsonOption = None,
) -> int:
    """Read one window of the logs: technical, data, quality, action, business, response rules.

    Exit code: 0 no rule fired, 1 one did.
    """
    from lifecycle_core import verbs
    from lifecycle_core.adapters.files import require_place, write_atomically
    from lifecycle_core.adapters.reports import record_page

    for file in (html_file, json_file):
        if file:
            require_place(file.parent)
    with asking():
        found = verbs.review(spec, window=window, as_of=as_of)
    if html_file:
        heading = f"Review of {found.release}, {found.window.label}"
        write_atomically(html_file, record_page(found, heading=heading))
    answer(found, json_file)
    return 1 if found.firings else 0
