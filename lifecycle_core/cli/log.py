"""`nbrelease log`: look after the tables of predictions and outcomes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from lifecycle_core.cli.answering import answer, asking, verb
from lifecycle_core.cli.options import JsonOption, SpecArgument

_FORMATS = ["%Y-%m-%d"]
log_app = typer.Typer(help="Prediction logs: upkeep, and a check of reasons.")


@log_app.command(
    short_help="Bring waiting rows to the tables.",
    epilog="Example: nbrelease log drain",
)
@verb
def drain(json_file: JsonOption = None) -> int:
    """Bring the rows of all write-ahead logs to the tables, also those of ended services."""
    from lifecycle_core import verbs

    answer(verbs.drain_log(), json_file)
    return 0


@log_app.command(
    short_help="Merge small files, remove old ones.",
    epilog="Example: nbrelease log compact --keep-hours 24",
)
@verb
def compact(
    keep_hours: Annotated[
        int, typer.Option(help="Hours that merged files stay for those who read them now.")
    ] = 168,
    json_file: JsonOption = None,
) -> int:
    """Merge the small files of each release and day; run it daily where a service logs."""
    from lifecycle_core import verbs

    answer(verbs.compact_log(keep_hours=keep_hours), json_file)
    return 0


@log_app.command(
    short_help="Remove days that are too old.",
    epilog="Example: nbrelease log retain --days 400",
)
@verb
def retain(
    days: Annotated[int, typer.Option(help="Days that stay, with today as the first.")],
    json_file: JsonOption = None,
) -> int:
    """Remove predictions, outcomes and usage of older days from the tables and from the disk."""
    from lifecycle_core import verbs

    answer(verbs.retain_log(days=days), json_file)
    return 0


@log_app.command(
    short_help="Remove every row of a person.",
    epilog="Example: nbrelease log forget 7590-VHVEG",
)
@verb
def forget(
    key: Annotated[str, typer.Argument(help="The business key as it was logged.", metavar="KEY")],
    json_file: JsonOption = None,
) -> int:
    """Remove all predictions of a business key, and what came of them, from every file."""
    from lifecycle_core import verbs

    answer(verbs.forget_key(key), json_file)
    return 0


@log_app.command(
    "check-reasons",
    short_help="Find logged reasons again.",
    epilog="Example: nbrelease log check-reasons churn --since 2026-11-01",
)
@verb
def check_reasons(
    spec: SpecArgument,
    since: Annotated[
        datetime | None,
        typer.Option(formats=_FORMATS, metavar="YYYY-MM-DD", help="First day, in UTC."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(formats=_FORMATS, metavar="YYYY-MM-DD", help="First day that does not count."),
    ] = None,
    json_file: JsonOption = None,
) -> int:
    """Compute reasons again from what was logged: of all versions, or of the one that is named.

    Exit code: 0 all come out as they were logged, 1 some do not.
    """
    from lifecycle_core import verbs

    with asking():
        found = verbs.check_reasons(
            spec, since=since and since.date(), until=until and until.date()
        )
    answer(found, json_file)
    return 1 if found.different else 0
