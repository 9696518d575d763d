"""`nbrelease pipeline export`: a compiled pipeline for an engine that others run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lifecycle_core.cli.answering import answer, verb
from lifecycle_core.cli.options import JsonOption

SHORT_HELP = "Write a compiled pipeline for another engine."
EXAMPLES = "Example: nbrelease pipeline export churn --to airflow"


@verb
def export(
    name: Annotated[
        str, typer.Argument(help="Of a pipeline, or the folder of its package.", metavar="NAME")
    ],
    to: Annotated[
        str, typer.Option(help="airflow, kubeflow, argo or papermill.", metavar="ENGINE")
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for the files; default: exports/NAME/ENGINE.", metavar="DIR"),
    ] = None,
    image: Annotated[
        str | None,
        typer.Option(help="Image of the containers, for kubeflow and argo; default: NAME:latest."),
    ] = None,
    json_file: JsonOption = None,
) -> int:
    """Write a compiled pipeline as files that Airflow, Kubeflow, Argo or papermill run."""
    from lifecycle_core import verbs

    answer(verbs.export_pipeline(name, to=to, out=out, image=image), json_file)
    return 0
