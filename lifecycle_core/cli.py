"""The command line: read the words, call the verb, print the record, return the exit code.

stdout carries the answer only; progress and errors go to stderr. Exit codes: 0 done and good,
1 done and the answer is no, 2 the call or a file of the user's is wrong, 3 the work could not be
carried out, 130 interrupted.
"""

from __future__ import annotations

import functools
import json
import os
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec

import typer

from lifecycle_core import __version__
from lifecycle_core.errors import InvalidCall, LifecycleError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lifecycle_core.schema.base import Record

Words = ParamSpec("Words")

app = typer.Typer(
    epilog="Start with: nbrelease run NOTEBOOK",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich doubles the time of --help
    context_settings={"help_option_names": ["-h", "--help"]},
)
contract_app = typer.Typer(help="Data contracts: draw one from a table, check a table.")
app.add_typer(contract_app, name="contract", no_args_is_help=True)

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


def main() -> None:
    """Run the command line and leave with its exit code."""
    signal.signal(signal.SIGTERM, _interrupt)
    app()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _verb(function: Callable[Words, int]) -> Callable[Words, None]:
    """Turn a function that returns an exit code into a command that ends well in every case."""

    @functools.wraps(function)
    def command(*words: Words.args, **flags: Words.kwargs) -> None:
        try:
            code = function(*words, **flags)
        except LifecycleError as error:
            sys.stderr.write(f"nbrelease: {error}\n")
            if error.hint:
                sys.stderr.write(f"Hint: {error.hint}\n")
            code = error.exit_code
        except KeyboardInterrupt:
            sys.stderr.write("nbrelease: interrupted; nothing half-written is left.\n")
            code = 130
        except BrokenPipeError:
            # The reader of our output left; Python would complain once more while it flushes.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = 0
        raise typer.Exit(code)

    return command


@app.command(
    short_help="Release a notebook: run, compare, judge, register.",
    epilog="Example: nbrelease run example_notebooks/telco_churn.ipynb",
)
@_verb
def run(
    notebook: NotebookArgument,
    param: ParamOption = None,
    rtol: RtolOption = None,
    cell_timeout: TimeoutOption = None,
    json_file: JsonOption = None,
) -> int:
    """Take a notebook to a registered candidate and judge the six checkpoints."""
    from lifecycle_core import verbs
    from lifecycle_core.adapters.terminal import watched

    with watched(sys.stderr) as progress:
        packaged = verbs.package(
            notebook,
            parameters=_parameters(param),
            rtol=rtol,
            cell_timeout=cell_timeout,
            progress=progress,
        )
    _answer(packaged, json_file)
    return 0 if packaged.checkpoints.passed else 1


@app.command(
    short_help="Run a notebook anew and compare every output.",
    epilog="Example: nbrelease reproduce churn.ipynb --json reproduction.json",
)
@_verb
def reproduce(
    notebook: NotebookArgument,
    param: ParamOption = None,
    rtol: RtolOption = None,
    cell_timeout: TimeoutOption = None,
    json_file: JsonOption = None,
) -> int:
    """Run a notebook from a clean start and compare every cell with its stored outputs."""
    from lifecycle_core import verbs
    from lifecycle_core.adapters.terminal import watched

    with watched(sys.stderr) as progress:
        reproduction = verbs.reproduce(
            notebook,
            parameters=_parameters(param),
            rtol=rtol,
            cell_timeout=cell_timeout,
            progress=progress,
        )
    _answer(reproduction, json_file)
    return 0 if reproduction.reproducible else 1


@app.command(
    short_help="Judge the six checkpoints of a release.",
    epilog="Example: nbrelease checkpoints churn@candidate",
)
@_verb
def checkpoints(spec: SpecArgument, json_file: JsonOption = None) -> int:
    """Judge the six checkpoints of a release from the evidence in its bundle."""
    from lifecycle_core import verbs

    with _asking():
        found = verbs.checkpoints(spec)
    _answer(found, json_file)
    return 0 if found.passed else 1


@app.command(
    short_help="Point an alias at a release that may have it.",
    epilog="Example: nbrelease promote churn --to challenger",
)
@_verb
def promote(
    name: NameArgument,
    to: Annotated[str, typer.Option(help="challenger or champion.")],
    version: Annotated[
        int | None, typer.Option(help="Default: the candidate; to champion, the challenger.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why; kept in the ledger.")] = "",
    actor: Annotated[str | None, typer.Option(help="Who; default: you.")] = None,
    json_file: JsonOption = None,
) -> int:
    """Point an alias at a release, if the checkpoints that it needs are passed."""
    from lifecycle_core import verbs

    with _asking():
        entry = verbs.promote(name, to=to, version=version, reason=reason, actor=actor)
    _answer(entry, json_file)
    return 0


@app.command(epilog='Example: nbrelease rollback churn --to previous --reason "complaints doubled"')
@_verb
def rollback(
    name: NameArgument,
    reason: Annotated[str, typer.Option(help="Why; kept in the ledger.")],
    to: Annotated[str, typer.Option(help="previous, or a version.")] = "previous",
    alias: Annotated[str | None, typer.Option(help="Default: champion if it was ever set.")] = None,
    actor: Annotated[str | None, typer.Option(help="Who; default: you.")] = None,
    json_file: JsonOption = None,
) -> int:
    """Point an alias back at a release it pointed at before."""
    from lifecycle_core import verbs

    with _asking():
        entry = verbs.rollback(name, to=to, alias=alias, reason=reason, actor=actor)
    _answer(entry, json_file)
    return 0


@app.command(epilog="Example: nbrelease status churn")
@_verb
def status(
    name: Annotated[
        str | None, typer.Argument(help="Default: every release.", metavar="NAME")
    ] = None,
    json_file: JsonOption = None,
) -> int:
    """Show versions and where the aliases point."""
    from lifecycle_core import verbs

    with _asking():
        found = verbs.status(name) if name else verbs.releases()
    _answer(found, json_file)
    return 0


@app.command(epilog="Example: nbrelease history churn")
@_verb
def history(name: NameArgument, json_file: JsonOption = None) -> int:
    """Show who moved the aliases, when and why."""
    from lifecycle_core import verbs

    with _asking():
        found = verbs.history(name)
    _answer(found, json_file)
    return 0


@app.command(
    short_help="Score a table with a released model.",
    epilog="Example: nbrelease score churn@challenger --in new.csv --out scores.parquet",
)
@_verb
def score(
    spec: SpecArgument,
    source: Annotated[Path, typer.Option("--in", help="A CSV or parquet table.")],
    target: Annotated[Path, typer.Option("--out", help="The parquet or CSV table to write.")],
    keep: Annotated[
        list[str] | None,
        typer.Option(help="Carry this column to the output unchanged.", metavar="COLUMN"),
    ] = None,
    json_file: JsonOption = None,
) -> int:
    """Score a table with a released model: score, decision and release version per row."""
    from lifecycle_core import verbs
    from lifecycle_core.adapters.terminal import watched

    with watched(sys.stderr) as progress:
        summary = verbs.score(
            spec, source=source, target=target, keep=tuple(keep or ()), progress=progress
        )
    _answer(summary, json_file)
    return 0


@app.command(
    short_help="Check every byte of a bundle; loads nothing.",
    epilog="Example: nbrelease verify .nbrelease/bundles/churn-0123456789ab",
)
@_verb
def verify(
    bundle: Annotated[Path, typer.Argument(help="The folder of a bundle.", metavar="BUNDLE")],
    json_file: JsonOption = None,
) -> int:
    """Check every byte of a bundle and the types of its model; loads nothing."""
    from lifecycle_core import verbs

    _answer(verbs.verify(bundle), json_file)
    return 0


@contract_app.command(
    short_help="Draw a contract from a table.",
    epilog="Example: nbrelease contract infer customers.csv --out c.contract.yaml",
)
@_verb
def infer(
    table: Annotated[Path, typer.Argument(help="A CSV or parquet table.", metavar="TABLE")],
    out: Annotated[Path, typer.Option(help="The YAML file to write; it must not exist.")],
) -> int:
    """Draw a contract from a table; meaning, unit, refresh and owner are left to you."""
    from lifecycle_core import verbs

    _answer(verbs.infer_contract(table, out), None)
    return 0


@contract_app.command(epilog="Example: nbrelease contract check c.contract.yaml customers.csv")
@_verb
def check(
    contract: Annotated[
        Path, typer.Argument(help="An Open Data Contract Standard YAML file.", metavar="CONTRACT")
    ],
    table: Annotated[Path, typer.Argument(help="A CSV or parquet table.", metavar="TABLE")],
    json_file: JsonOption = None,
) -> int:
    """Check a table against a contract."""
    from lifecycle_core import verbs

    report = verbs.check_contract(contract, table)
    _answer(report, json_file)
    return 1 if report.violations else 0


@contextmanager
def _asking() -> Iterator[None]:
    """Say that the registry is asked: MLflow takes seconds to load."""
    from lifecycle_core.adapters.terminal import watched

    with watched(sys.stderr) as progress:
        progress.begin("Asking the registry")
        yield
        progress.end("Asking the registry")


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer hands a flag's value over by position
    if wanted:
        sys.stdout.write(f"nbrelease {__version__}\n")
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: Annotated[  # noqa: ARG001 - its callback acts
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """From a model notebook to a release that a business can rely on."""


def _parameters(pairs: list[str] | None) -> dict[str, Any]:
    """Read `k=v` words; a value is JSON where it can be read as JSON, else text."""
    parameters: dict[str, Any] = {}
    for pair in pairs or ():
        key, equals, value = pair.partition("=")
        if not equals or not key.isidentifier():
            raise InvalidCall(
                f"--param is {pair!r}, want name=value.", hint="Try --param alpha=0.1."
            )
        try:
            parameters[key] = json.loads(value)
        except json.JSONDecodeError:
            parameters[key] = value
    return parameters


def _answer(record: Record, json_file: Path | None) -> None:
    """Print the record, and write it where asked."""
    from lifecycle_core.adapters.files import write_atomically
    from lifecycle_core.adapters.rendering import to_text

    if json_file:
        write_atomically(json_file, record.to_json())
    terminal = sys.stdout.isatty()
    sys.stdout.write(to_text(record, width=_width(), color=terminal).rstrip() + "\n")


def _width() -> int:
    try:
        return os.get_terminal_size().columns
    except OSError:
        return 100


if __name__ == "__main__":
    main()
