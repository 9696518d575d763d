"""Reviews side by side: which windows, how figures went, drift over windows, what fired."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.drift_map import drift_map
from lifecycle_core.adapters.rendering.rows import mark, table, title
from lifecycle_core.adapters.rendering.trends import HEIGHT, WIDTH, trends
from lifecycle_core.adapters.rendering.views.review import SECTION_TITLES, added, evidence
from lifecycle_core.adapters.rendering.words import how_many, moment
from lifecycle_core.schema.recent_drift import recent

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.review import Firing, Review
    from lifecycle_core.schema.review_series import ReviewSeries

_MET = {True: "pass", False: "fail", None: "undecided_target"}


def values(record: ReviewSeries) -> dict[str, Any]:
    """Add lines of figures, the map of drift, and what fired, the newest first.

    The page over many windows (`adapters/reports`) is made of the same.
    """
    drawn, flat = trends(record.reviews)
    return {
        "series": record,
        "within": True,  # one frame and one stylesheet for all parts
        "headline": headline(record),
        "last": record.reviews[-1] if record.reviews else None,
        "sections": [
            (SECTION_TITLES.get(name, name), list(lines))
            for name, lines in groupby(drawn, key=lambda line: line["section"])
        ],
        "flat": flat,
        "added": added(record.reviews),
        "width": WIDTH,
        "height": HEIGHT,
        "rows": drift_map(record.reviews),
        "fired": [
            (review.window.label, each, [evidence(seen) for seen in each.evidence])
            for review in reversed(record.reviews)
            for each in review.firings
        ],
    }


def text(record: ReviewSeries) -> list[RenderableType]:
    """Return the same; of each line its ends, and of the map the columns that drifted."""
    found = values(record)
    shown: list[RenderableType] = [title(f"Reviews of {record.release}: {found['headline']}")]
    if not record.reviews:
        return shown
    windows = table("Window", "Read as of", "Labels", "Rules that fired", "Columns that drifted",
                    numbers=("Rules that fired", "Columns that drifted"))  # fmt: skip
    for each in record.reviews:
        windows.add_row(*_window(each))
    shown.append(windows)
    for name, lines in found["sections"]:
        made = table(name, "First", "Last", "95% interval", "Target", numbers=("First", "Last"))
        for line in lines:
            target = Text(f"{line['target']}: ").append_text(mark(_MET[line["met"]]))
            made.add_row(
                Text(line["name"]), line["first"], line["value"], line["interval"],
                target if line["target"] else Text(""),
            )  # fmt: skip
        shown.append(made)
    if found["flat"]:
        shown.append(
            Text(f"0 or not known in every window: {', '.join(found['flat'])}.", style="dim")
        )
    name, heads, lines = found["added"]
    if lines:
        made = table(name, *heads[1:], numbers=("Sum", "Rows"))
        for line in lines:
            made.add_row(*map(Text, line))
        shown.append(made)
    return [*shown, *(_fired(window, each, seen) for window, each, seen in found["fired"])]


def headline(record: ReviewSeries) -> str:
    """Return in a few words how many windows there are, and whether somebody has to act."""
    if not record.reviews:
        return "none was kept yet"
    fired = sum(len(each.firings) for each in record.reviews)
    ends = dict.fromkeys((record.reviews[0].window.label, record.reviews[-1].window.label))
    return f"{' to '.join(ends)}, " + (
        f"{how_many(fired, 'rule')} fired" if fired else "no rule fired"
    )


def _window(each: Review) -> tuple[str, str, str, str, str]:
    labels = "final" if each.labels_final else f"final from {moment(each.labels_final_from)}"
    drifted = len({one.column for one in recent(each.drift) if one.state == "drift"})
    return (
        each.window.label, moment(each.as_of), labels, str(len(each.firings) or ""),
        str(drifted or ""),
    )  # fmt: skip


def _fired(window: str, firing: Firing, seen: list[str]) -> Text:
    who = firing.name or f"nobody is named as `owners.{firing.owner}`"
    shown = Text("✕ ", style="red").append(f"{window}: {firing.rule}", style="bold")
    shown.append(f"\n  {firing.action} {firing.owner}: {who}, by {moment(firing.deadline)}")
    for line in seen:
        shown.append(f"\n  {line}")
    return shown
