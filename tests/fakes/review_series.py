"""Reviews of several windows, side by side."""

from __future__ import annotations

from lifecycle_core.monitoring.windows import BusinessCalendar
from lifecycle_core.schema.review_series import ReviewSeries
from tests.fakes.windows import counts, review_that_fired, reviewed


def series() -> ReviewSeries:
    """Return three reviews, the last of which fired; the first has no windows before it."""
    calendar = BusinessCalendar()
    made = (reviewed(counts()), reviewed(*[counts()] * 5), review_that_fired())
    return ReviewSeries(
        release="churn",
        reviews=tuple(
            each.model_copy(update={"window": calendar.window(label)})
            for each, label in zip(made, ("2026-W08", "2026-W09", "2026-W10"), strict=True)
        ),
    )
