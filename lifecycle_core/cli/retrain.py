"""`nbrelease retrain`: is a release worth retraining, and if so, a new candidate."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lifecycle_core.cli.answering import answer, verb
from lifecycle_core.cli.options import JsonOption, ParamOption, SpecArgument
from lifecycle_core.cli.pipeline import ended_well
from lifecycle_core.errors import InvalidCall
from lifecycle_core.notebooks.parameter_words import parameters_in

if TYPE_CHECKING:
    from collections.abc import Mapping

SHORT_HELP = "Tell whether retraining pays; retrain."
EXAMPLES = (
    "Examples: nbrelease retrain churn --decide --html retrain.html; "
    "nbrelease retrain churn --run --param data=new.csv"
)


@verb
def retrain(
    spec: SpecArgument,
    *,
    decide: Annotated[
        bool, typer.Option("--decide", help="Tell whether it pays; nothing is registered.")
    ] = False,
    run: Annotated[
        bool, typer.Option("--run", help="Make a new candidate on today's data.")
    ] = False,
    param: ParamOption = None,
    notebook: Annotated[
        Path | None,
        typer.Option(help="Run this notebook instead of the pipeline NAME.", metavar="NOTEBOOK"),
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
    """Decide on retraining in money, or do it.

    With --decide models are trained as of the beginning of the last windows and tried on the rows
    that the release answered in them. Exit code: 0 keep it, or not enough data; 1 retrain.

    With --run the pipeline runs on the data that `retraining.parameters` names for today, and the
    new candidate is priced beside the one in place. Exit code: 0 done; 1 the run failed, a
    checkpoint is not passed, or the one in place costs less. In both 2 says that the call or a file
    is wrong.
    """
    from lifecycle_core import verbs
    from lifecycle_core.adapters.files import require_place, write_atomically
    from lifecycle_core.adapters.reports import record_page
    from lifecycle_core.adapters.terminal import watched

    if decide == run:
        raise InvalidCall(
            "Say what to do.", hint="Give one of --decide and --run: nbrelease retrain NAME --run."
        )
    if (param and decide) or (run and (as_of or html_file)):
        raise InvalidCall(
            "--param belongs to --run, --as-of and --html to --decide.",
            hint="Leave out what does not belong.",
        )
    for file in (html_file, json_file):
        if file:
            require_place(file.parent)
    if run:
        return _run(spec, parameters_in(param), notebook, json_file)
    with watched(sys.stderr) as progress:
        found = verbs.decide_retraining(spec, as_of=as_of, notebook=notebook, progress=progress)
    if html_file:
        heading = f"Retraining of {found.release}, as of {found.as_of[:10]}"
        write_atomically(html_file, record_page(found, heading=heading))
    answer(found, json_file)
    return 1 if found.answer == "retrain" else 0


def _run(
    spec: str, parameters: Mapping[str, Any], notebook: Path | None, json_file: Path | None
) -> int:
    from lifecycle_core import verbs
    from lifecycle_core.adapters.terminal import watched

    with watched(sys.stderr) as progress:
        made = verbs.retrain_release(
            spec, parameters=parameters, notebook=notebook, progress=progress
        )
    answer(made, json_file)
    return 0 if ended_well(made) else 1
