"""`nbrelease experiment`: design an experiment, start it, read it, stop it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from lifecycle_core.cli.answering import answer, asking, verb
from lifecycle_core.cli.options import JsonOption, NameArgument

if TYPE_CHECKING:
    from lifecycle_core.experimenting import Baseline

experiment_app = typer.Typer(help="Experiments: prove that a release is worth it.")
_ONE = "Name of the experiment; the last one that was started if not said."
_HtmlOption = Annotated[
    Path | None, typer.Option("--html", help="Write a page for people here.", metavar="FILE")
]
_NameOption = Annotated[str | None, typer.Option("--experiment", help=_ONE, metavar="NAME")]


@experiment_app.command(
    short_help="Say how long one takes, and write its plan.",
    epilog="Example: nbrelease experiment design churn autumn --metric money --effect 5%\n\n"
    "Metrics: money, cost, rows, label, accepted/answered, share label, latency_ms/timed; then up "
    "or down, which is better. A guardrail has a margin: 'latency_ms/timed down 10%'.",
)
@verb
def design(
    release: NameArgument,
    name: Annotated[str, typer.Argument(help="How to call the experiment.", metavar="EXPERIMENT")],
    metric: Annotated[str, typer.Option(help="The metric that decides.")],
    effect: Annotated[str, typer.Option(help="The effect to plan for: 5% of the control's value.")],
    arm: Annotated[
        list[str] | None,
        typer.Option(help="Alias and percent of units; challenger=50.", metavar="ALIAS=PERCENT"),
    ] = None,
    secondary: Annotated[list[str] | None, typer.Option(help="Another metric.")] = None,
    guardrail: Annotated[
        list[str] | None, typer.Option(help="A metric that must not get worse, with its margin.")
    ] = None,
    segment: Annotated[
        list[str] | None, typer.Option(help="A feature to look at the effect by.")
    ] = None,
    unit: Annotated[
        str | None, typer.Option(help="Column that names who is assigned; the business key.")
    ] = None,
    holdout: Annotated[float, typer.Option(help="Percent of the units that stay out.")] = 0.0,
    period: Annotated[
        Literal["day", "week", "month"], typer.Option(help="Length of a period.")
    ] = "week",
    looks: Annotated[
        str, typer.Option(help="always: read it any day; or a number of looks, 1 is the end.")
    ] = "always",
    level: Annotated[float, typer.Option(help="Confidence, in (0.5, 1).")] = 0.95,
    power: Annotated[float, typer.Option(help="How often the effect is seen, in (0, 1).")] = 0.8,
    least: Annotated[float, typer.Option(help="Share that must be exceeded for sure.")] = 0.0,
    worth: Annotated[
        float | None, typer.Option(help="Money for one more of the metric; money is its own.")
    ] = None,
    history_days: Annotated[
        int, typer.Option(help="Days before the start that take variance out.")
    ] = 28,
    maturity_days: Annotated[
        float | None, typer.Option(help="Days that outcomes take; as the release file says.")
    ] = None,
    hypothesis: Annotated[str, typer.Option(help="What you expect, and why.")] = "",
    baseline: Annotated[
        float | None, typer.Option(help="Value of a unit, where the log has no history.")
    ] = None,
    deviation: Annotated[float, typer.Option(help="Its standard deviation.")] = 0.0,
    units_per_period: Annotated[int, typer.Option(help="New units in a period.")] = 0,
    gain: Annotated[float, typer.Option(help="Share of units that history will save.")] = 0.0,
    cluster_size: Annotated[float, typer.Option(help="Units assigned together.")] = 1.0,
    alike: Annotated[float, typer.Option(help="Their intraclass correlation.")] = 0.0,
    out: Annotated[Path | None, typer.Option(help="The plan; it must not exist.")] = None,
    html_file: _HtmlOption = None,
    json_file: JsonOption = None,
) -> int:
    """Say how long an experiment has to run, from the log or from numbers, and write its plan.

    Edit the plan, then start it. Exit code: 0 the effect will be seen, 1 no length sees it.
    """
    from lifecycle_core import verbs
    from lifecycle_core.experimenting import Wishes, looks_of

    wishes: Wishes = {
        "arms": tuple(arm or ("challenger=50",)), "secondary": tuple(secondary or ()),
        "guardrails": tuple(guardrail or ()), "segments": tuple(segment or ()), "unit": unit,
        "holdout": holdout, "period": period, "looks": looks_of(looks), "level": level,
        "power": power, "least": least, "worth": worth, "history_days": history_days,
        "hypothesis": hypothesis,
    }  # fmt: skip
    if maturity_days is not None:
        wishes["maturity_days"] = maturity_days
    numbers = _numbers(baseline, deviation, units_per_period, gain, (cluster_size, alike))
    with asking():
        made = verbs.design_experiment(
            release, name, metric=metric, effect=effect, baseline=numbers, out=out, **wishes
        )
    _page(html_file, made, f"Design of the experiment {name} of {release}")
    answer(made, json_file)
    return 0 if made.sees else 1


@experiment_app.command(
    short_help="Freeze a plan in the ledger and start it.",
    epilog="Example: nbrelease experiment start churn.autumn.experiment.yaml",
)
@verb
def start(
    plan: Annotated[Path, typer.Argument(help="The plan that design wrote.", metavar="PLAN")],
    despite: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--despite", help="Start though the arms were unlike before.")
    ] = False,
    since: Annotated[
        str | None,
        typer.Option(
            help="For a replay: from when on rows count, in UTC; now if not said.", metavar="TIME"
        ),
    ] = None,
    actor: Annotated[str | None, typer.Option(help="Who; default: you.")] = None,
    json_file: JsonOption = None,
) -> int:
    """Check that the arms were alike before, freeze the plan in the ledger, and start it.

    The service and `nbrelease score` assign by it from now on. Exit code: 1 not started: the A/A
    check failed.
    """
    from lifecycle_core import verbs

    with asking():
        status = verbs.start_experiment(plan, actor=actor, despite=despite, since=since)
    answer(status, json_file)
    return 1 if status.state == "refused" else 0


@experiment_app.command(
    short_help="Read one, and say what follows.",
    epilog="Example: nbrelease experiment read churn --html readout.html",
)
@verb
def read(
    release: NameArgument,
    name: _NameOption = None,
    as_of: Annotated[
        str | None,
        typer.Option(help="Look back from this moment, in UTC; now if not said.", metavar="TIME"),
    ] = None,
    html_file: _HtmlOption = None,
    json_file: JsonOption = None,
) -> int:
    """Read an experiment: whether it can be trusted, what it shows, ship, stop or keep running.

    Exit code: 0 ship or keep running, 1 stop, or no conclusion since it cannot be trusted or was
    stopped too early.
    """
    from lifecycle_core import verbs

    with asking():
        found = verbs.read_experiment(release, name=name, as_of=as_of)
    _page(html_file, found, f"Experiment {found.experiment} of {release}")
    answer(found, json_file)
    return 0 if found.decision in {"ship", "keep_running"} else 1


@experiment_app.command(
    short_help="End the one that runs.",
    epilog='Example: nbrelease experiment stop churn --reason "shipped"',
)
@verb
def stop(
    release: NameArgument,
    reason: Annotated[str, typer.Option(help="Why; kept in the ledger.")],
    actor: Annotated[str | None, typer.Option(help="Who; default: you.")] = None,
    json_file: JsonOption = None,
) -> int:
    """End the running experiment: the champion answers for all units from now on."""
    from lifecycle_core import verbs

    with asking():
        status = verbs.stop_experiment(release, reason=reason, actor=actor)
    answer(status, json_file)
    return 0


@experiment_app.command(
    short_help="Show one as it was frozen.",
    epilog="Example: nbrelease experiment show churn",
)
@verb
def show(release: NameArgument, name: _NameOption = None, json_file: JsonOption = None) -> int:
    """Show an experiment as it was frozen, and what its file says otherwise now.

    Exit code: 0 the file is as it was, or gone; 1 it was changed.
    """
    from lifecycle_core import verbs

    with asking():
        status = verbs.show_experiment(release, name=name)
    answer(status, json_file)
    return 1 if status.changes else 0


@experiment_app.command(
    "list",
    short_help="List those of a release.",
    epilog="Example: nbrelease experiment list churn",
)
@verb
def list_all(release: NameArgument, json_file: JsonOption = None) -> int:
    """List the experiments of a release, the newest first."""
    from lifecycle_core import verbs

    with asking():
        found = verbs.experiments(release)
    answer(found, json_file)
    return 0


def _numbers(
    mean: float | None, deviation: float, units: int, gain: float, cluster: tuple[float, float]
) -> Baseline | None:
    from lifecycle_core.experimenting import Baseline

    if mean is None:
        return None
    return Baseline(mean, deviation, units, gain, *cluster)


def _page(file: Path | None, record: object, heading: str) -> None:
    from lifecycle_core.adapters.files import write_atomically
    from lifecycle_core.adapters.reports import record_page
    from lifecycle_core.schema.base import Record

    if file and isinstance(record, Record):
        write_atomically(file, record_page(record, heading=heading))
