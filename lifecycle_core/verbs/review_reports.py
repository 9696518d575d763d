"""What people are shown of many reviews at once: a page over windows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.adapters.progress import Progress, Silent
from lifecycle_core.errors import InvalidCall
from lifecycle_core.settings import ledger_of, load_settings, registry_of
from lifecycle_core.verbs.downloading import verifier_of
from lifecycle_core.verbs.moments import moment_of
from lifecycle_core.verbs.reviewing import review

if TYPE_CHECKING:
    from datetime import datetime

    from lifecycle_core.monitoring.windows import BusinessCalendar
    from lifecycle_core.schema.review import Review
    from lifecycle_core.schema.review_series import ReviewSeries

MOST_WINDOWS = 60
_SILENT = Silent()


def review_series(
    name: str,
    *,
    window: str | None = None,
    windows: int = 12,
    as_of: datetime | str | None = None,
    progress: Progress = _SILENT,
) -> ReviewSeries:
    """Return the reviews of a window and of those before it, as far back as there are predictions.

    A review that was kept is taken as it was kept; a window that has none is read from the logs.

    Args:
        name: As for `review`.
        window: The newest one; as for `review`.
        windows: How many at most, in [1, 60].
        as_of: As for `review`.
        progress: Is told of each window.

    Raises:
        InvalidCall: There can be no such number of windows, or as `review` says.
    """
    from lifecycle_core.schema.review_series import ReviewSeries

    if not 1 <= windows <= MOST_WINDOWS:
        raise InvalidCall(f"{windows} windows are asked for, want 1 to {MOST_WINDOWS}.")
    calendar, kept = _calendar_and_kept(name, moment_of(as_of))
    made: list[Review] = []
    progress.begin("Reading the windows")
    for _ in range(windows):
        found = kept.get(window or "") or review(name, window=window, as_of=as_of, keep=False)
        if made and not found.figure("rows").value:
            break
        made.append(found)
        window = calendar.previous(found.window).label
    progress.end("Reading the windows", f"{len(made)}")
    return ReviewSeries(release=made[0].release, reviews=tuple(reversed(made)))


def review_report(
    series: ReviewSeries, *, notebook: Path | str | None = None, progress: Progress = _SILENT
) -> str:
    """Return a page on reviews: HTML that loads nothing, made by a template notebook.

    Args:
        series: The reviews.
        notebook: Another one than `templates/reports/review.ipynb`, with the same parameter.
        progress: Is told of its cells.

    Raises:
        CellFailed: A cell of the notebook raised.
        NotebookInvalid: There is no such notebook.
    """
    from lifecycle_core.adapters.engine import PapermillEngine
    from lifecycle_core.adapters.reports import review_page

    own = None if notebook is None else Path(notebook)
    return review_page(series, engine=PapermillEngine(), notebook=own, progress=progress)


def _calendar_and_kept(name: str, now: datetime) -> tuple[BusinessCalendar, dict[str, Review]]:
    """Return the calendar that a release is reviewed by, and what was kept of it by a moment."""
    from lifecycle_core.adapters.review_ledger import ReviewLedger
    from lifecycle_core.monitoring import readings_of
    from lifecycle_core.monitoring.windows import calendar_of

    settings = load_settings()
    release = ledger_of(settings).resolve(name)
    stated = verifier_of(settings)(release).evidence.release_file.review
    calendar = calendar_of(stated)
    if name != release.name:  # what is kept is by the champion's release file
        return calendar, {}
    events, _ = ReviewLedger(registry_of(settings)).read(release.name)
    readings = readings_of(events, now=now)
    return calendar, {label: each.newest.review for label, each in readings.items()}
