"""Words and flags that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

NotebookArgument = Annotated[Path, typer.Argument(help="A saved notebook.", metavar="NOTEBOOK")]
NameArgument = Annotated[str, typer.Argument(help="A release name, such as churn.", metavar="NAME")]
SpecArgument = Annotated[
    str,
    typer.Argument(help="churn, churn@challenger or churn/3.", metavar="NAME[@ALIAS|/VERSION]"),
]
ParamOption = Annotated[
    list[str] | None,
    typer.Option(
        "--param", help="Set a parameter; the value is read as JSON, else as text.", metavar="K=V"
    ),
]
RtolOption = Annotated[
    float | None,
    typer.Option(help="Relative difference at which two numbers count as equal, in [0, 1)."),
]
TimeoutOption = Annotated[float | None, typer.Option(help="Seconds one cell may run.")]
JsonOption = Annotated[
    Path | None, typer.Option("--json", help="Write the record here.", metavar="FILE")
]
