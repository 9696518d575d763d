"""The parts of a report on reviews, as the cells of its template notebook show them.

Each is HTML of its own that everything is escaped in; none holds anything but aggregates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifecycle_core.adapters.rendering.html import record_environment
from lifecycle_core.adapters.rendering.views.review_series import values

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
    return _part("overview", series)


def figures(series: ReviewSeries) -> Part:
    """Return every figure from window to window, with its interval and its target."""
    return _part("figures", series)


def drift_map(series: ReviewSeries) -> Part:
    """Return drift over windows and columns."""
    return _part("drift", series)


def firings(series: ReviewSeries) -> Part:
    """Return which rules fired, the newest first, and whose turn it is."""
    return _part("firings", series)


def _part(name: str, series: ReviewSeries) -> Part:
    template = record_environment().get_template(f"reports/_review_{name}.html.j2")
    return Part(template.render(**values(series) | {"within": False}).strip())
