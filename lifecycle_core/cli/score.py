"""`nbrelease score`: score a table, wherever it lies, and put the scores where they are wanted."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from lifecycle_core.cli.answering import answer, verb
from lifecycle_core.cli.options import JsonOption, SpecArgument

SHORT_HELP = "Score a table with a released model."
EXAMPLE = (
    "Examples: nbrelease score churn@challenger --in new.csv --out scores.parquet\n\n"
    "nbrelease score churn --in new.csv --out scores.parquet --log --time decided_at\n\n"
    "Tables: FILE.csv, FILE.parquet, delta:FOLDER, sqlite:///FILE::TABLE, "
    "postgresql+pg8000://USER@HOST/DATABASE::TABLE; https://ADDRESS for the output."
)


@verb
def score(
    spec: SpecArgument,
    source: Annotated[str, typer.Option("--in", help="The table to score.", metavar="TABLE")],
    target: Annotated[str, typer.Option("--out", help="Where scores go.", metavar="TABLE")],
    keep: Annotated[
        list[str] | None,
        typer.Option(help="Carry this column to the output unchanged.", metavar="COLUMN"),
    ] = None,
    rejects: Annotated[
        Path | None,
        typer.Option(help="Rows without a score, and why; beside the output if not said."),
    ] = None,
    dead_letters: Annotated[
        Path | None, typer.Option(help="Rows that an https receiver refuses, and why.")
    ] = None,
    run: Annotated[
        str | None,
        typer.Option("--run-id", help="Id of the run; the same one is never delivered twice."),
    ] = None,
    jobs: Annotated[int | None, typer.Option(help="Score in so many processes.")] = None,
    engine: Annotated[
        Literal["local", "dask", "spark"], typer.Option(help="Where scores are computed.")
    ] = "local",
    scheduler: Annotated[
        str | None,
        typer.Option(help="Address of a Dask scheduler or of Spark's master.", metavar="ADDRESS"),
    ] = None,
    in_database: Annotated[  # noqa: FBT002 - a flag
        bool,
        typer.Option("--in-database", help="Let the database of both tables compute the scores."),
    ] = False,
    log: Annotated[
        bool | None,
        typer.Option(
            "--log/--no-log",
            help="Keep each row in the prediction log; as the release file has it if not said.",
        ),
    ] = None,
    time: Annotated[
        str | None,
        typer.Option(
            help="The moment of each row, for log and freshness; else the run's start.",
            metavar="COLUMN",
        ),
    ] = None,
    json_file: JsonOption = None,
) -> int:
    """Score a table: score, decision, next step and release version per row.

    Killed and started again, it goes on. Leaves with 1 if a receiver refused rows.
    """
    from lifecycle_core import verbs
    from lifecycle_core.adapters.terminal import watched

    with watched(sys.stderr) as progress:
        summary = verbs.score(
            spec,
            source=source,
            target=target,
            keep=tuple(keep or ()),
            rejects=rejects,
            dead_letters=dead_letters,
            run=run,
            jobs=jobs,
            engine=engine,
            scheduler=scheduler,
            in_database=in_database,
            log=log,
            time=time,
            progress=progress,
        )
    answer(summary, json_file)
    return 1 if summary.refused else 0
