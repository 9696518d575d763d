"""`nbrelease retrain`: is a release worth retraining, and if so, a new candidate."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from lifecycle_core.cli.answering import answer, verb
from lifecycle_core.cli.options import JsonOption, SpecArgument
from lifecycle_core.errors import InvalidCall

SHORT_HELP = "Tell whether retraining pays; retrain."
EXAMPLES = "Example: nbrelease retrain churn --decide --html retrain.html"


@verb
def retrain(
    spec: SpecArgument,
    *,
    decide: Annotated[
        bool, typer.Option("--decide", help="Tell whether it pays; nothing is registered.")
    ] = False,
    as_of: Annotated[
        str | None,
        typer.Option(help="Look back from this moment, in UTC; now if not said.", metavar="TIME"),
    ] = None,
    html_file: Annotated[
        Path | None, typer.Option("--html", help="Write a page for people here.", metavar="FILE")
    ] = None,
    json_file: JsonOption = None,
) -> int:
    """Decide on retraining in money, or do it.

    With --decide: models are trained as of the beginning of the last windows and tried on the rows
    that the release answered in them. Exit code: 0 keep it, or not enough data; 1 retrain; 2 the
    call or a file is wrong.
    """
    from lifecycle_core import verbs
    from lifecycle_core.adapters.files import require_place, write_atomically
    from lifecycle_core.adapters.reports import record_page
    from lifecycle_core.adapters.terminal import watched

    if not decide:
        raise InvalidCall("Say what to do.", hint="nbrelease retrain NAME --decide, or --run.")
    for file in (html_file, json_file):
        if file:
            require_place(file.parent)
    with watched(sys.stderr) as progress:
        found = verbs.decide_retraining(spec, as_of=as_of, progress=progress)
    if html_file:
        heading = f"Retraining of {found.release}, as of {found.as_of[:10]}"
        write_atomically(html_file, record_page(found, heading=heading))
    answer(found, json_file)
    return 1 if found.answer == "retrain" else 0
