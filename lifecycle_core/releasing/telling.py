"""An activity told from its begin to its end."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.adapters.progress import Progress


@contextmanager
def told(progress: Progress, activity: str) -> Iterator[Any]:
    """Report an activity from its begin to its end; the block says the answer."""
    answers: list[str] = []
    progress.begin(activity)
    yield answers.append
    progress.end(activity, answers[-1] if answers else "")
