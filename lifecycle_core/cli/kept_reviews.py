"""`nbrelease reviews` and `nbrelease acknowledge`: what is kept, and who takes alerts on."""

from __future__ import annotations

from typing import Annotated

import typer

from lifecycle_core.cli.answering import answer, asking, verb
from lifecycle_core.cli.options import JsonOption, NameArgument

REVIEWS_HELP = "List the reviews of a release and open alerts."
REVIEWS_EXAMPLE = "Example: nbrelease reviews churn"
ACKNOWLEDGE_HELP = "Take the alerts of a response rule on."
ACKNOWLEDGE_EXAMPLE = (
    "Examples: nbrelease acknowledge churn adoption_rate --by ann --note 'training on Monday'; "
    "nbrelease acknowledge churn drifted --silence-until 2026-12-24"
)


@verb
def reviews(
    name: NameArgument,
    as_of: Annotated[
        str | None,
        typer.Option(help="By when reviews are due, in UTC; now if not said.", metavar="TIME"),
    ] = None,
    json_file: JsonOption = None,
) -> int:
    """List the windows that were reviewed or should have been, and the alerts in them.

    Exit code: 0 nothing is open, 1 a review was missed or an alert waits for somebody.
    """
    from lifecycle_core import verbs

    with asking():
        found = verbs.reviews(name, as_of=as_of)
    answer(found, json_file)
    return 0 if found.calm else 1


@verb
def acknowledge(
    name: NameArgument,
    rule: Annotated[
        str,
        typer.Argument(
            help="The rule, or a part of it that no other has, such as adoption_rate.",
            metavar="RULE",
        ),
    ],
    by: Annotated[str | None, typer.Option(help="Who; default: you.", metavar="WHO")] = None,
    note: Annotated[str, typer.Option(help="Why, or what is done about it.")] = "",
    window: Annotated[
        str | None, typer.Option(help="Of this window only.", metavar="WINDOW")
    ] = None,
    silence_until: Annotated[
        str | None,
        typer.Option(help="Tell nobody of the rule before this day, in UTC.", metavar="DATE"),
    ] = None,
    json_file: JsonOption = None,
) -> int:
    """Say that you have taken on what a response rule asks for; it is kept with who and when."""
    from lifecycle_core import verbs

    with asking():
        found = verbs.acknowledge(
            name, rule, by=by, note=note, window=window, silence_until=silence_until
        )
    answer(found, json_file)
    return 0
