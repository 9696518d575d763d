"""`nbrelease pipeline ...`: what is done with compiled pipelines."""

from __future__ import annotations

import typer

from lifecycle_core.cli.export import EXAMPLES as EXPORT_EXAMPLES
from lifecycle_core.cli.export import SHORT_HELP as EXPORT_HELP
from lifecycle_core.cli.export import export

pipeline_app = typer.Typer(help="Pipelines: steps compiled from a notebook.", no_args_is_help=True)
pipeline_app.command(short_help=EXPORT_HELP, epilog=EXPORT_EXAMPLES)(export)


@pipeline_app.callback()
def _pipeline() -> None:
    """Pipelines: steps compiled from a notebook."""
