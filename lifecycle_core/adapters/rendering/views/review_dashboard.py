"""A review on a dashboard: windows in a line, alerts, and tiles and tables by section."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.rendering.distributions import shares
from lifecycle_core.adapters.rendering.drift_map import drift_map
from lifecycle_core.adapters.rendering.impact import told
from lifecycle_core.adapters.rendering.trends import HEIGHT, WIDTH, trends
from lifecycle_core.adapters.rendering.views import review as one
from lifecycle_core.adapters.rendering.views import review_history as many
from lifecycle_core.adapters.rendering.words import how_many, signed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from lifecycle_core.schema.review import Figure, Review
    from lifecycle_core.schema.review_dashboard import ReviewDashboard
    from lifecycle_core.schema.review_history import AlertStanding, ReviewedWindow

TABS = {
    "technical": "Technical", "data": "Data", "quality": "Quality", "action": "Action",
    "business": "Business",
}  # fmt: skip
_TABLES = {
    "Contract": "data", "Without an answer": "technical", "Expected and seen": "quality",
    "Segments": "quality", "Overrides": "action", "New segments": "data",
}  # fmt: skip
_MOST_WINDOWS = 12  # those around the chosen one; it can be gone on from there
_FEWEST = 2
_SMALL = 0.0005  # a share moves by less than a tenth of a point


def values(record: ReviewDashboard) -> dict[str, Any]:
    """Add what the template shows, in words and coordinates."""
    review = record.review
    shown = one.values(review)
    lines, flat = trends(record.reviews)
    together = one.added(record.reviews)
    windows = _windows(record)
    here = next(place for place, each in enumerate(windows) if each["chosen"])
    reachable = [place for place, each in enumerate(windows) if each["kept"]]
    return {
        "headline": one.headline(review),
        "windows": windows[max(0, min(here - _MOST_WINDOWS // 2, len(windows) - _MOST_WINDOWS)) :][
            :_MOST_WINDOWS
        ],
        "before": next((windows[at]["label"] for at in reversed(reachable) if at < here), ""),
        "after": next((windows[at]["label"] for at in reachable if at > here), ""),
        "alerts": list(_alerts(record)),
        "elsewhere": [
            _alert(each, record.history.as_of)
            for each in record.history.alerts
            if each.state == "open"
            and (each.alert.window != review.window.label or not record.kept)
        ],
        "summary": shown["summary"],
        "since": shown["since"],
        "tabs": [
            {
                "name": section.name,
                "title": TABS.get(section.name, section.name),
                "tiles": [
                    _tile(figure, record, lines)
                    for figure in section.figures
                    if figure.value is not None and (figure.target or figure.name not in flat)
                ],
                "zeros": [
                    one.row(figure)
                    for figure in section.figures
                    if figure.value is not None and not figure.target and figure.name in flat
                ],
                "unknown": [one.row(each) for each in section.figures if each.value is None],
                "missed": sum(figure.met is False for figure in section.figures),
                "tables": [
                    each for each in shown["tables"] if _TABLES.get(each[0], "data") == section.name
                ]
                + ([together] if section.name == "business" and together[2] else []),
            }
            for section in review.sections
        ],
        "width": WIDTH,
        "height": HEIGHT,
        "rows": drift_map(record.reviews),
        "drifted": len({each.column for each in review.drift if each.state == "drift"}),
        "labels": [each.window.label for each in record.reviews],
        "comparisons": {
            column: [each for each in shown["drift"] if each["column"] == column]
            for column in dict.fromkeys(each["column"] for each in shown["drift"])
        },
        "bins": {each.column: shares(each) for each in review.distributions},
    }


def text(record: ReviewDashboard) -> list[RenderableType]:
    """Return the review, then windows and alerts."""
    return [*one.text(record.review), *many.text(record.history)]


def _windows(record: ReviewDashboard) -> list[dict[str, Any]]:
    """Return all windows, the oldest first; the chosen one is among them."""
    own = record.review.window
    found = [
        (
            each.end,
            {
                "label": each.window,
                "chosen": each.window == own.label,
                "kept": each.state == "kept",
                "mark": _mark(each),
            },
        )
        for each in reversed(record.history.windows)
    ]
    if not any(each["chosen"] for _, each in found):
        mark = ("none", "·", "not kept")
        found.append((own.end, {"label": own.label, "chosen": True, "kept": False, "mark": mark}))
        found.sort(key=lambda pair: pair[0])
    return [each for _, each in found]


def _mark(each: ReviewedWindow) -> tuple[str, str, str]:
    """Return colour, icon and words of a window: what is open in it comes first."""
    waiting = sum(alert.state == "open" for alert in each.alerts)
    if each.state == "missed":
        return "bad", "✕", "missed"
    if each.state == "due":
        return "none", "…", "due"
    if waiting:
        return "bad", "!", how_many(waiting, "open alert")
    if each.alerts:
        return "warn", "✓", f"{how_many(len(each.alerts), 'alert')}, none open"
    return "good", "✓", "no rule fired"


def _alerts(record: ReviewDashboard) -> Iterator[dict[str, Any]]:
    """Yield what fired in the chosen window; it can be acted on where the review is kept."""
    label = record.review.window.label
    if not record.kept:
        for firing in record.review.firings:
            yield {
                "key": "", "window": label, "state": "fail", "rule": firing.rule,
                "firing": firing, "late": False, "said": "", "told": "",
                "seen": [one.evidence(seen) for seen in firing.evidence],
                "impact": list(told(firing.impact)),
            }  # fmt: skip
        return
    for window in record.history.windows:
        if window.window == label:
            yield from (_alert(each, record.history.as_of) for each in window.alerts)


def _alert(each: AlertStanding, now: str) -> dict[str, Any]:
    words = many.alert(each, now)
    return {
        "key": each.alert.key if each.state != "acknowledged" else "",
        "window": each.alert.window,
        "state": words["state"],
        "rule": words["rule"],
        "firing": each.alert.firing,
        "late": each.state == "open" and each.alert.firing.deadline < now,
        "said": words["said"],
        "told": words["told"],
        "seen": [one.evidence(seen) for seen in each.alert.firing.evidence],
        "impact": list(told(each.alert.firing.impact)),
    }


def _tile(figure: Figure, record: ReviewDashboard, lines: list[dict[str, Any]]) -> dict[str, Any]:
    line = next((each for each in lines if each["name"] == figure.name), None)
    drawn = line is not None and len(line["points"]) >= _FEWEST
    return one.row(figure) | {
        "change": _change(figure, record.reviews),
        "line": line if drawn else None,
    }


def _change(figure: Figure, reviews: tuple[Review, ...]) -> str:
    """Return how far a figure went since the window before; empty where that has no value."""
    if len(reviews) < _FEWEST or figure.value is None:
        return ""
    before = reviews[-2]
    try:
        was = before.figure(figure.name).value
    except KeyError:  # an earlier version of ours had no such figure
        return ""
    if was is None:
        return ""
    moved = figure.value - was
    if figure.unit == "share":
        told = f"{100 * moved:+.1f} points" if abs(moved) >= _SMALL else "less than 0.1 points"
    else:
        told = signed(moved)
    return f"{told if moved else 'unchanged'} since {before.window.label}"
