"""`nbrelease review`: one window read and kept, a kept one shown, or all that is due."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lifecycle_core.cli.answering import answer, asking, verb
from lifecycle_core.cli.options import JsonOption
from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from lifecycle_core.schema.review import Review

SHORT_HELP = "Review a window of a release, or all that is due."
EXAMPLE = (
    "Examples: nbrelease review churn --window 2026-W10 --report reviews.html; "
    "nbrelease review churn --window 2026-W10 --kept; nbrelease review --due"
)


@verb
def review(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="churn, churn@challenger or churn/3; with --due any number of names, or none for "
            "all.",
            metavar="NAME[@ALIAS|/VERSION]",
            show_default=False,
        ),
    ] = None,
    window: Annotated[
        str | None,
        typer.Option(
            help="2026-03-09, 2026-W10, 2026-03, 2026-Q1, 2026, FY2026-P02; the last complete one "
            "if not said.",
            metavar="WINDOW",
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(help="Look back from this moment, in UTC; now if not said.", metavar="TIME"),
    ] = None,
    *,
    kept: Annotated[
        bool, typer.Option("--kept", help="Show the review as it was kept; no log is read.")
    ] = False,
    keep: Annotated[
        bool | None,
        typer.Option(
            "--keep/--no-keep",
            help="Whether it becomes part of the history; if not said, that of a window that has "
            "ended does.",
            show_default=False,
        ),
    ] = None,
    notify: Annotated[
        bool, typer.Option("--notify", help="Tell now of alerts that nobody was told of.")
    ] = False,
    due: Annotated[
        bool,
        typer.Option("--due", help="Make all reviews that are due, keep them and tell of alerts."),
    ] = False,
    html_file: Annotated[
        Path | None, typer.Option("--html", help="Write a page for people here.", metavar="FILE")
    ] = None,
    report_file: Annotated[
        Path | None,
        typer.Option(
            "--report", help="Write a page over up to 12 windows until this one.", metavar="FILE"
        ),
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option(help="A notebook of your own that makes the report.", metavar="NOTEBOOK"),
    ] = None,
    json_file: JsonOption = None,
) -> int:
    """Read one window of the logs: technical, data, quality, action, business, response rules.

    Exit code: 0 no rule fired, 1 one did; with --due also where a review was missed or an alert
    could not be told.
    """
    from lifecycle_core import verbs
    from lifecycle_core.adapters.files import require_place, write_atomically
    from lifecycle_core.adapters.reports import record_page
    from lifecycle_core.adapters.terminal import watched

    if template and not report_file:
        raise InvalidCall("--template is of --report.", hint="Add --report FILE.")
    for file in (html_file, json_file, report_file):
        if file:
            require_place(file.parent)
    if due:
        _require_alone(
            "--due",
            **{"--window": window, "--kept": kept, "--html": html_file, "--notify": notify},
            **{"--report": report_file},
            **{"--keep or --no-keep": keep is not None},
        )
        with asking():
            run = verbs.review_due(*names or (), as_of=as_of)
        answer(run, json_file)
        return run.exit_code
    if kept:
        _require_alone("--kept", **{"--notify": notify, "--keep or --no-keep": keep is not None})
    name = _one(names)
    with asking():
        found: Review = (
            verbs.kept_review(name, window=window, as_of=as_of)
            if kept
            else verbs.review(name, window=window, as_of=as_of, keep=keep, notify=notify)
        )
    if report_file:
        with watched(sys.stderr) as progress:
            series = verbs.review_series(
                name, window=found.window.label, as_of=as_of, progress=progress
            )
            page = verbs.review_report(series, notebook=template, progress=progress)
        write_atomically(report_file, page)
    if html_file:
        heading = f"Review of {found.release}, {found.window.label}"
        write_atomically(html_file, record_page(found, heading=heading))
    answer(found, json_file)
    return 1 if found.firings else 0


def _one(names: list[str] | None) -> str:
    if not names or len(names) > 1:
        raise InvalidCall(
            f"A review is of one release, and {len(names or ())} are named.",
            hint="Write `nbrelease review churn`; `nbrelease review --due` does all that are due.",
        )
    return names[0]


def _require_alone(option: str, **others: object) -> None:
    """Raise `InvalidCall` where an option stands beside one that it cannot stand beside."""
    if also := [name for name, given in others.items() if given]:
        raise InvalidCall(
            f"{option} and {also[0]} cannot stand together.", hint=f"Leave {also[0]} out."
        )
