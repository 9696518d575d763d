"""Reviews of one release side by side: what its report over many windows is made of."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lifecycle_core.schema.base import Record
from lifecycle_core.schema.review import Review


class ReviewSeries(Record):
    """Kept reviews of one release.

    Attributes:
        reviews: One of each window, the oldest window first.
    """

    schema_: Literal["nbrelease/review-series/1"] = Field(
        default="nbrelease/review-series/1", alias="schema"
    )
    release: str
    reviews: tuple[Review, ...] = ()
