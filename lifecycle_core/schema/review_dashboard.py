"""A review as a person looks at it: beside the windows before it, and what is open in them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lifecycle_core.schema.base import Record
from lifecycle_core.schema.review import Review
from lifecycle_core.schema.review_history import ReviewHistory


class ReviewDashboard(Record):
    """One window of a release, and the way there.

    Attributes:
        review: Of the chosen window.
        reviews: Those that are kept of the windows before it, then `review`; the oldest first.
        history: Windows that are kept, due or missed, and alerts.
        kept: Whether `review` is what is kept of its window. If not, nothing in it can be
            acknowledged.
    """

    schema_: Literal["nbrelease/review-dashboard/1"] = Field(
        default="nbrelease/review-dashboard/1", alias="schema"
    )
    review: Review
    reviews: tuple[Review, ...]
    history: ReviewHistory
    kept: bool
