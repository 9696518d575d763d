"""`nbrelease pipeline`: run what is stale in a compiled pipeline, and show how its steps stand."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lifecycle_core.cli.answering import answer, verb
from lifecycle_core.cli.compile import EXAMPLES as COMPILE_EXAMPLES
from lifecycle_core.cli.compile import (
    PROPOSE_EXAMPLES,
    PROPOSE_HELP,
    compile_command,
    propose_command,
)
from lifecycle_core.cli.compile import SHORT_HELP as COMPILE_HELP
from lifecycle_core.cli.export import EXAMPLES as EXPORT_EXAMPLES
from lifecycle_core.cli.export import SHORT_HELP as EXPORT_HELP
from lifecycle_core.cli.export import export
from lifecycle_core.cli.options import JsonOption, ParamOption
from lifecycle_core.cli.windows import windows_of
from lifecycle_core.errors import InvalidCall
from lifecycle_core.notebooks.parameter_words import parameters_in, value_of, values_in

if TYPE_CHECKING:
    from lifecycle_core.schema.backtest import Backtest
    from lifecycle_core.schema.pipeline_run import PipelineRun, PipelineRuns
    from lifecycle_core.schema.retrained import Retrained

pipeline_app = typer.Typer(help="Pipelines: steps from a notebook, run where stale.")
pipeline_app.command("propose", short_help=PROPOSE_HELP, epilog=PROPOSE_EXAMPLES)(propose_command)
pipeline_app.command("compile", short_help=COMPILE_HELP, epilog=COMPILE_EXAMPLES)(compile_command)

PipelineArgument = Annotated[
    str,
    typer.Argument(help="A name below pipelines/, or a package's folder.", metavar="NAME"),
]
StoreOption = Annotated[
    str | None,
    typer.Option(
        help="Where results are kept: a folder, or s3://, gs://, abfs://. Trusted as code is.",
        metavar="ADDRESS",
    ),
]


@pipeline_app.command(
    short_help="Run what is stale, keep what is fresh.",
    epilog="Example: nbrelease pipeline run churn --param data=new.csv",
)
@verb
def run(
    name: PipelineArgument,
    param: ParamOption = None,
    scheduler: Annotated[
        str,
        typer.Option(help="processes, threads, or a Dask scheduler's address.", metavar="WHERE"),
    ] = "processes",
    store: StoreOption = None,
    for_each: Annotated[
        list[str] | None,
        typer.Option(help="One run for each value; several: each combination.", metavar="K=V,V"),
    ] = None,
    for_each_in: Annotated[
        Path | None,
        typer.Option(help="One run for each row of a CSV table.", metavar="TABLE.csv"),
    ] = None,
    backtest: Annotated[
        list[str] | None,
        typer.Option(
            help="One window for each value, or date: until=2025-01-01..2025-06-01/1mo.",
            metavar="K=V,V",
        ),
    ] = None,
    release: Annotated[
        bool | None,
        typer.Option(
            "--release/--no-release",
            help="Make a candidate release of it; default: if it ran on other data.",
        ),
    ] = None,
    json_file: JsonOption = None,
) -> int:
    """Run the stale steps of a compiled pipeline; fresh ones are taken from the store.

    A run with changed parameters that reads another file than the notebook did is retrained: it
    becomes a candidate release and is compared with the champion. Exit code: 0 done, 1 a step
    failed, a checkpoint is not passed or the champion costs less, 2 the call is wrong, 3 the
    store, the scheduler or the registry is away.
    """
    from lifecycle_core import verbs
    from lifecycle_core.adapters.terminal import watched

    each = _each(for_each, for_each_in)
    windows = windows_of(backtest or [])
    if (bool(each) + bool(windows) + bool(release)) > 1:
        raise InvalidCall(
            "Only one of --release, --for-each and --backtest can be given.",
            hint="Release one run at a time.",
        )
    asked: dict[str, Any] = {
        "parameters": parameters_in(param), "scheduler": scheduler, "store": store,
    }  # fmt: skip
    found: PipelineRun | PipelineRuns | Retrained | Backtest
    with watched(sys.stderr) as progress:
        if each:
            found = verbs.run_pipeline(name, for_each=each, progress=progress, **asked)
        elif windows:
            found = verbs.backtest(name, windows, progress=progress, **asked)
        else:
            found = verbs.retrain(name, release=release, progress=progress, **asked)
    answer(found, json_file)
    return 0 if ended_well(found) else 1


@pipeline_app.command(
    short_help="Tell which steps are fresh, and what changed.",
    epilog="Example: nbrelease pipeline show churn",
)
@verb
def show(
    name: PipelineArgument,
    param: ParamOption = None,
    store: StoreOption = None,
    json_file: JsonOption = None,
) -> int:
    """Tell for each step whether it is fresh, or exactly what changed; nothing is run."""
    from lifecycle_core import verbs

    answer(verbs.show_pipeline(name, parameters=parameters_in(param), store=store), json_file)
    return 0


def ended_well(found: PipelineRun | PipelineRuns | Retrained | Backtest) -> bool:
    """Tell whether what was made is as one would like it: the exit code is 0 then."""
    if found.schema_ == "nbrelease/backtest/1":
        return not any(window.exit != "ok" or window.note for window in found.windows)
    if found.schema_ == "nbrelease/retrained/1":
        worse = found.champion is not None and found.champion.standing == "worse"
        return found.packaged.checkpoints.passed and not worse
    runs = found.runs if found.schema_ == "nbrelease/pipeline-runs/1" else (found,)
    return all(one.exit == "ok" for one in runs)


def _each(
    pairs: list[str] | None, table: Path | None
) -> dict[str, list[Any]] | list[dict[str, Any]]:
    if pairs and table:
        raise InvalidCall(
            "--for-each and --for-each-in are given together.", hint="Use one of them."
        )
    if table:
        return _rows(table)
    return values_in(pairs)


def _rows(table: Path) -> list[dict[str, Any]]:
    from lifecycle_core.adapters.files import read_text

    rows = list(csv.DictReader(io.StringIO(read_text(table))))
    if not rows:
        raise InvalidCall(f"{table} has no rows.", hint="Its first line names the parameters.")
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise InvalidCall(
                f"{table}: line {number} has not as many values as the first line has names.",
                hint="Mend the table; nothing was run.",
            )
    return [{name: value_of(text) for name, text in row.items()} for row in rows]


pipeline_app.command(short_help=EXPORT_HELP, epilog=EXPORT_EXAMPLES)(export)
