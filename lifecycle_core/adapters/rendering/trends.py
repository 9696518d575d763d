"""How figures went from window to window: a small line each, with its interval, as coordinates."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from lifecycle_core.adapters.rendering.words import number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lifecycle_core.schema.review import Figure, Review, Seen

WIDTH, HEIGHT = 260.0, 36.0
_MARGIN = 5.0
_PERCENT = 100.0
_SMALL, _EDGE = (72.0, 18.0), 3.0
_FEWEST = 2


def seen_lines(history: Sequence[Seen]) -> dict[str, dict[str, Any]]:
    """Return a small line for each figure that changed over the windows that rules look back on.

    Args:
        history: Of a review, the newest window last.

    Returns:
        By figure, coordinates of its points within 72 by 18 units, and its values in a sentence;
        figures that are known in fewer than two windows have none.

    Example:
        >>> from lifecycle_core.schema.review import Seen
        >>> seen_lines([Seen(window="2026-01", figures={"rows": 1.0})])
        {}
    """
    found = {}
    for name in history[-1].figures if history else ():
        known = [
            (place, each.window, value)
            for place, each in enumerate(history)
            if (value := each.figures.get(name)) is not None
        ]
        if len(known) < _FEWEST or len({value for _, _, value in known}) < _FEWEST:
            continue
        low, high = (pick(value for _, _, value in known) for pick in (min, max))
        step = (_SMALL[0] - 2 * _EDGE) / (len(history) - 1)
        found[name] = {
            "points": [
                (
                    round(_EDGE + place * step, 1),
                    round(
                        _SMALL[1] - _EDGE - (value - low) / (high - low) * (_SMALL[1] - 2 * _EDGE),
                        1,
                    ),
                )
                for place, _, value in known
            ],
            "said": "; ".join(f"{window} {number(value)}" for _, window, value in known),
        }
    return found


class _Point(NamedTuple):
    """One window of a line; None where there is no value."""

    window: str
    value: float | None
    low: float | None
    high: float | None


def trends(reviews: Sequence[Review]) -> tuple[list[dict[str, Any]], list[str]]:
    """Return a line for each figure, and the names of figures that nothing can be drawn of.

    Args:
        reviews: The oldest first; the figures are those of the last.

    Returns:
        For each figure its section, name, first and last value, interval and target in words,
        coordinates of its line, its interval's band and its points, and all values in a sentence.
        Figures that were 0 or not known in every window have none.

    Example:
        >>> trends([])
        ([], [])
    """
    if not reviews:
        return [], []
    drawn, flat = [], []
    for section in reviews[-1].sections:
        for figure in section.figures:
            points = list(_points(reviews, figure.name))
            if any(point.value for point in points):
                drawn.append({"section": section.name} | _line(figure, points))
            else:
                flat.append(figure.name)
    return drawn, flat


def _points(reviews: Sequence[Review], name: str) -> Iterator[_Point]:
    for each in reviews:
        try:
            found = each.figure(name)
        except KeyError:  # an earlier version of ours had no such figure
            yield _Point(each.window.label, None, None, None)
            continue
        inner = found.interval
        yield _Point(
            each.window.label,
            found.value,
            inner.low if inner else found.value,
            inner.high if inner else found.value,
        )


def _line(figure: Figure, points: Sequence[_Point]) -> dict[str, Any]:
    known = [value for point in points for value in point[1:] if value is not None]
    low, high = min(known), max(known)
    if low == high:  # a level line lies in the middle
        low, high = low - 1.0, high + 1.0
    apart = high - low

    def across(place: int) -> float:
        step = (WIDTH - 2 * _MARGIN) / max(1, len(points) - 1)
        return round(_MARGIN + place * step, 1)

    def down(value: float) -> float:
        return round(HEIGHT - _MARGIN - (value - low) / apart * (HEIGHT - 2 * _MARGIN), 1)

    there = [(place, point) for place, point in enumerate(points) if point.value is not None]
    runs: list[list[tuple[int, _Point]]] = [there[:1]]
    for (before, _), found in pairwise(there):
        if found[0] == before + 1:
            runs[-1].append(found)
        else:
            runs.append([found])
    last = there[-1][1]
    return {
        "name": figure.name,
        "first": _worded(figure, there[0][1].value),
        "value": _worded(figure, last.value),
        "interval": ""
        if last.low == last.high
        else f"{_worded(figure, last.low)} to {_worded(figure, last.high)}",
        "window": "" if last is points[-1] else last.window,
        "target": figure.target,
        "met": figure.met,
        "lines": [
            " ".join(f"{across(place)},{down(point.value or 0.0)}" for place, point in run)
            for run in runs
        ],
        "bands": [
            " ".join(
                [f"{across(place)},{down(point.high or 0.0)}" for place, point in run]
                + [f"{across(place)},{down(point.low or 0.0)}" for place, point in reversed(run)]
            )
            for run in runs
        ],
        "points": [(across(place), down(point.value or 0.0)) for place, point in there],
        "said": "; ".join(f"{point.window} {_worded(figure, point.value)}" for point in points),
    }


def _worded(figure: Figure, value: float | None) -> str:
    if value is None:
        return "not enough data"
    return f"{_PERCENT * value:.1f}%" if figure.unit == "share" else number(value)
