"""Every command: read the words, call the verb, print the record, return the exit code."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from lifecycle_core import __version__
from lifecycle_core.cli.answering import answer, asking, verb
from lifecycle_core.cli.experiment import experiment_app
from lifecycle_core.cli.kept_reviews import (
    ACKNOWLEDGE_EXAMPLE,
    ACKNOWLEDGE_HELP,
    REVIEWS_EXAMPLE,
    REVIEWS_HELP,
    acknowledge,
    reviews,
)
from lifecycle_core.cli.lint import lint
from lifecycle_core.cli.log import log_app
from lifecycle_core.cli.options import (
    JsonOption,
    NameArgument,
    NotebookArgument,
    ParamOption,
    RtolOption,
    SpecArgument,
    TimeoutOption,
)
from lifecycle_core.cli.outcomes import EXAMPLE as OUTCOMES_EXAMPLE
from lifecycle_core.cli.outcomes import SHORT_HELP as OUTCOMES_HELP
from lifecycle_core.cli.outcomes import outcomes
from lifecycle_core.cli.pipeline import pipeline_app
from lifecycle_core.cli.reproduce import EXAMPLES as REPRODUCE_EXAMPLES
from lifecycle_core.cli.reproduce import SHORT_HELP as REPRODUCE_HELP
from lifecycle_core.cli.reproduce import reproduce
from lifecycle_core.cli.retrain import EXAMPLES as RETRAIN_EXAMPLES
from lifecycle_core.cli.retrain import SHORT_HELP as RETRAIN_HELP
from lifecycle_core.cli.retrain import retrain
from lifecycle_core.cli.review import EXAMPLE as REVIEW_EXAMPLE
from lifecycle_core.cli.review import SHORT_HELP as REVIEW_HELP
from lifecycle_core.cli.review import review
from lifecycle_core.cli.score import EXAMPLE as SCORE_EXAMPLE
from lifecycle_core.cli.score import SHORT_HELP as SCORE_HELP
from lifecycle_core.cli.score import score
from lifecycle_core.cli.serve import EXAMPLE as SERVE_EXAMPLE
from lifecycle_core.cli.serve import SHORT_HELP as SERVE_HELP
from lifecycle_core.cli.serve import serve
from lifecycle_core.notebooks.parameter_words import parameters_in

app = typer.Typer(
    epilog="Start with: nbrelease run NOTEBOOK",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich doubles the time of --help
    context_settings={"help_option_names": ["-h", "--help"]},
)
contract_app = typer.Typer(help="Data contracts: draw one from a table, check a table.")
app.add_typer(contract_app, name="contract", no_args_is_help=True)
app.add_typer(pipeline_app, name="pipeline", no_args_is_help=True)
app.add_typer(log_app, name="log", no_args_is_help=True)
app.add_typer(experiment_app, name="experiment", no_args_is_help=True)


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer hands a flag's value over by position
    if wanted:
        sys.stdout.write(f"nbrelease {__version__}\n")
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """From a model notebook to a release that a business can rely on."""


@app.command(
    short_help="Release a notebook: run, compare, judge, register.",
    epilog="Example: nbrelease run example_notebooks/telco_churn.ipynb",
)
@verb
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
            parameters=parameters_in(param),
            rtol=rtol,
            cell_timeout=cell_timeout,
            progress=progress,
        )
    answer(packaged, json_file)
    return 0 if packaged.checkpoints.passed else 1


app.command(short_help=REPRODUCE_HELP, epilog=REPRODUCE_EXAMPLES)(reproduce)
app.command(
    short_help="Read notebooks for what a clean run would show.",
    epilog="Example: nbrelease lint notebooks/ --fix",
)(lint)


@app.command(
    short_help="Judge the six checkpoints of a release.",
    epilog="Example: nbrelease checkpoints churn@candidate",
)
@verb
def checkpoints(spec: SpecArgument, json_file: JsonOption = None) -> int:
    """Judge the six checkpoints of a release from the evidence in its bundle."""
    from lifecycle_core import verbs

    with asking():
        found = verbs.checkpoints(spec)
    answer(found, json_file)
    return 0 if found.passed else 1


@app.command(
    short_help="Point an alias at a release that may have it.",
    epilog="Example: nbrelease promote churn --to challenger",
)
@verb
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

    with asking():
        entry = verbs.promote(name, to=to, version=version, reason=reason, actor=actor)
    answer(entry, json_file)
    return 0


@app.command(epilog='Example: nbrelease rollback churn --to previous --reason "complaints doubled"')
@verb
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

    with asking():
        entry = verbs.rollback(name, to=to, alias=alias, reason=reason, actor=actor)
    answer(entry, json_file)
    return 0


@app.command(epilog="Example: nbrelease status churn")
@verb
def status(
    name: Annotated[
        str | None, typer.Argument(help="Default: every release.", metavar="NAME")
    ] = None,
    json_file: JsonOption = None,
) -> int:
    """Show versions and where the aliases point."""
    from lifecycle_core import verbs

    with asking():
        found = verbs.status(name) if name else verbs.releases()
    answer(found, json_file)
    return 0


@app.command(epilog="Example: nbrelease history churn")
@verb
def history(name: NameArgument, json_file: JsonOption = None) -> int:
    """Show who moved the aliases, when and why."""
    from lifecycle_core import verbs

    with asking():
        found = verbs.history(name)
    answer(found, json_file)
    return 0


app.command(short_help=SCORE_HELP, epilog=SCORE_EXAMPLE)(score)
app.command(short_help=OUTCOMES_HELP, epilog=OUTCOMES_EXAMPLE)(outcomes)
app.command(short_help=SERVE_HELP, epilog=SERVE_EXAMPLE)(serve)
app.command(short_help=REVIEW_HELP, epilog=REVIEW_EXAMPLE)(review)
app.command(short_help=REVIEWS_HELP, epilog=REVIEWS_EXAMPLE)(reviews)
app.command(short_help=ACKNOWLEDGE_HELP, epilog=ACKNOWLEDGE_EXAMPLE)(acknowledge)
app.command(short_help=RETRAIN_HELP, epilog=RETRAIN_EXAMPLES)(retrain)


@app.command(
    short_help="Check every byte of a bundle; loads nothing.",
    epilog="Example: nbrelease verify .nbrelease/bundles/churn-0123456789ab --key release.pub",
)
@verb
def verify(
    bundle: Annotated[Path, typer.Argument(help="The folder of a bundle.", metavar="BUNDLE")],
    key: Annotated[
        Path | None,
        typer.Option(help="Public key, PEM, that must attest it; default: the configured one."),
    ] = None,
    json_file: JsonOption = None,
) -> int:
    """Check every byte of a bundle, its attestation and the types of its model; loads nothing."""
    from lifecycle_core import verbs

    answer(verbs.verify(bundle, key=key), json_file)
    return 0


@app.command(
    short_help="Attest a registered release with a private key.",
    epilog="Example: nbrelease attest churn/3 --key release.pem",
)
@verb
def attest(
    spec: SpecArgument,
    key: Annotated[
        Path | None, typer.Option(help="Private key, PEM; default: the configured one.")
    ] = None,
    json_file: JsonOption = None,
) -> int:
    """Attest a registered release, for those who let in only what this key has attested."""
    from lifecycle_core import verbs

    with asking():
        found = verbs.attest(spec, key=key)
    answer(found, json_file)
    return 0


@contract_app.command(
    short_help="Draw a contract from a table.",
    epilog="Example: nbrelease contract infer customers.csv --out c.contract.yaml",
)
@verb
def infer(
    table: Annotated[Path, typer.Argument(help="A CSV or parquet table.", metavar="TABLE")],
    out: Annotated[Path, typer.Option(help="The YAML file to write; it must not exist.")],
) -> int:
    """Draw a contract from a table; meaning, unit, refresh and owner are left to you."""
    from lifecycle_core import verbs

    answer(verbs.infer_contract(table, out), None)
    return 0


@contract_app.command(epilog="Example: nbrelease contract check c.contract.yaml customers.csv")
@verb
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
    answer(report, json_file)
    return 1 if report.violations else 0
