"""`nbrelease outcomes`: tell, as a table, what became of predictions."""

from __future__ import annotations

from typing import Annotated

import typer

from lifecycle_core.cli.answering import answer, asking, verb
from lifecycle_core.cli.options import JsonOption, NameArgument

SHORT_HELP = "Tell what became of predictions."
EXAMPLE = (
    "Example: nbrelease outcomes churn --in kept.csv --who crm\n\n"
    "Columns: `prediction` (ids that scores come with) or the business key; some of action "
    "(accepted, overridden), label, money; and currency, label_time, who, time where there are."
)


@verb
def outcomes(
    name: NameArgument,
    source: Annotated[str, typer.Option("--in", help="The table.", metavar="TABLE")],
    who: Annotated[
        str | None, typer.Option(help="Who says so, where the table has no column `who`.")
    ] = None,
    json_file: JsonOption = None,
) -> int:
    """Tell what was done with predictions, what became true, and what it earned.

    Told again, a table is told once. If a row is wrong, nothing of the table is kept.
    """
    from lifecycle_core import verbs

    with asking():
        told = verbs.tell_outcomes(name, source=source, who=who)
    answer(told, json_file)
    return 0
