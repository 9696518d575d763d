"""The parts of a report on reviews, as the cells of its template notebook show them.

Each is HTML of its own that everything is escaped in; none holds anything but aggregates.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from lifecycle_core.adapters.rendering.drift_map import drift_map as mapped
from lifecycle_core.adapters.rendering.html import record_environment
from lifecycle_core.adapters.rendering.trends import HEIGHT, WIDTH, trends
from lifecycle_core.adapters.rendering.views.review import SECTION_TITLES, evidence

if TYPE_CHECKING:
    from lifecycle_core.schema.review_series import ReviewSeries


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of HTML that Jupyter shows."""

    html: str

    def _repr_html_(self) -> str:
        return self.html


def overview(series: ReviewSeries) -> Part:
    """Return which windows there are, how final they are, and what fired last."""
    return _part("overview", series=series, last=series.reviews[-1] if series.reviews else None)


def figures(series: ReviewSeries) -> Part:
    """Return every figure from window to window, with its interval and its target."""
    drawn, flat = trends(series.reviews)
    return _part(
        "figures",
        series=series,
        sections=[
            (SECTION_TITLES.get(name, name), list(lines))
            for name, lines in groupby(drawn, key=lambda line: line["section"])
        ],
        flat=flat,
        width=WIDTH,
        height=HEIGHT,
    )


def drift_map(series: ReviewSeries) -> Part:
    """Return drift over windows and columns."""
    return _part("drift", series=series, rows=mapped(series.reviews))


def firings(series: ReviewSeries) -> Part:
    """Return which rules fired, the newest first, and whose turn it is."""
    fired = [
        (review.window.label, each, [evidence(seen) for seen in each.evidence])
        for review in reversed(series.reviews)
        for each in review.firings
    ]
    return _part("firings", series=series, fired=fired)


def _part(name: str, **values: object) -> Part:
    template = record_environment().get_template(f"reports/_review_{name}.html.j2")
    return Part(template.render(**values).strip())
