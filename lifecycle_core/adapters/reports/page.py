"""One self-contained HTML page about checked notebooks; it loads nothing and runs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.adapters.rendering.html import record_environment
from lifecycle_core.adapters.rendering.views import reproduction, reproductions

if TYPE_CHECKING:
    from lifecycle_core.schema.reproductions import Reproductions

_TEMPLATE = "reports/reproduction.html.j2"


def page(record: Reproductions) -> str:
    """Return the page: of one notebook its verdict at once, of several a table of them first.

    It works without script and without a network, in light and in dark, on a screen, on paper and
    for a screen reader. Whatever a notebook holds stays text: every value is escaped, controls
    and marks of direction are shown, a picture is shown only if it is a PNG, and the page's policy
    forbids everything else.
    """
    rows = reproductions.values(record)["rows"]
    checks = [
        {
            "check": check,
            "state": state,
            "note": note,
            "view": reproduction.values(check.reproduction) if check.reproduction else None,
        }
        for check, state, note in rows
    ]
    several = len(checks) != 1
    return (
        record_environment()
        .get_template(_TEMPLATE)
        .render(
            several=several,
            heading=f"{len(checks)} notebooks" if several else record.notebooks[0].path,
            summary=reproductions.summary(record),
            checks=checks,
        )
    )
