"""`nbrelease pipeline compile`: a notebook becomes a package of steps."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from lifecycle_core.cli.answering import answer, verb
from lifecycle_core.cli.options import JsonOption, NotebookArgument, RtolOption, TimeoutOption

SHORT_HELP = "Compile a notebook into steps, proven to give its results."
EXAMPLES = "Example: nbrelease pipeline compile example_notebooks/telco_churn.ipynb --name churn"


@verb
def compile_command(
    notebook: NotebookArgument,
    name: Annotated[
        str | None,
        typer.Option(help="Of the pipeline; default: made from the file's."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder that holds pipelines/; default: the current one.", metavar="DIR"),
    ] = None,
    outputs: Annotated[
        str, typer.Option(help="keep or drop what the notebook prints and draws.")
    ] = "keep",
    rtol: RtolOption = None,
    cell_timeout: TimeoutOption = None,
    force: Annotated[  # noqa: FBT002 - typer reads a flag from a parameter
        bool, typer.Option("--force", help="Write over what was changed by hand in regions.")
    ] = False,
    json_file: JsonOption = None,
) -> int:
    """Compile a notebook into a Python package of steps that gives its results.

    The steps are run in a clean process and every variable is compared with the notebook's own:
    it must be identical, or with --rtol have numbers that are as near as that.
    Exit code 0: written and proven equal; 1: refused, with the cells and the reason; 2: the call
    or the notebook is wrong.
    """
    from lifecycle_core import verbs
    from lifecycle_core.adapters.terminal import watched

    with watched(sys.stderr) as progress:
        compilation = verbs.compile_pipeline(
            notebook,
            name=name,
            out=out,
            cell_timeout=cell_timeout,
            rtol=rtol,
            outputs=outputs,
            force=force,
            progress=progress,
        )
    answer(compilation, json_file)
    return 0 if compilation.compiled else 1


PROPOSE_HELP = "Propose the steps of a notebook, to look at and to edit."
PROPOSE_EXAMPLES = "Example: nbrelease pipeline propose example_notebooks/telco_churn.ipynb --tag"


@verb
def propose_command(
    notebook: NotebookArgument,
    name: Annotated[str | None, typer.Option(help="Of the pipeline, as for compile.")] = None,
    tag: Annotated[  # noqa: FBT002 - as above
        bool, typer.Option("--tag", help="Write them into the notebook, as tags of its cells.")
    ] = False,
    cell_timeout: TimeoutOption = None,
    json_file: JsonOption = None,
) -> int:
    """Run a notebook once and propose its steps; nothing is proven, and no package is written.

    With --tag the cells carry `step:NAME`: move or rename the tags in Jupyter, then compile.
    Exit code 0: proposed; 1: it cannot be compiled, with the cells and the reason.
    """
    from lifecycle_core import verbs
    from lifecycle_core.adapters.terminal import watched

    with watched(sys.stderr) as progress:
        proposal = verbs.propose_pipeline(
            notebook, name=name, tag=tag, cell_timeout=cell_timeout, progress=progress
        )
    answer(proposal, json_file)
    return 0 if proposal.proposed else 1
