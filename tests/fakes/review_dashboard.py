"""A release of which three weeks are kept, as a dashboard shows one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.schema.review_dashboard import ReviewDashboard
from tests.fakes.kept_reviews import Weeks, on
from tests.fakes.review_series import series

if TYPE_CHECKING:
    from lifecycle_core.schema.review_history import ReviewHistory

WEEKS = ("2026-W08", "2026-W09", "2026-W10")


def kept_weeks() -> Weeks:
    """Return the weeks with every review kept; two rules fired in the last one."""
    weeks = Weeks()
    for review in series().reviews:
        weeks.duty(on(10)).keep(review)
    return weeks


def dashboard(
    window: str = WEEKS[-1], *, history: ReviewHistory | None = None, kept: bool = True
) -> ReviewDashboard:
    """Return a dashboard on one of the weeks."""
    reviews = series().reviews[: WEEKS.index(window) + 1]
    return ReviewDashboard(
        review=reviews[-1],
        reviews=reviews,
        history=history or kept_weeks().duty(on(10)).history(),
        kept=kept,
    )
