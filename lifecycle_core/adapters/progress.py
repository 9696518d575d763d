"""How long work reports where it is. The faces bring their own; `Silent` says nothing."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator


class Progress(Protocol):
    """Receives what happens, in order, from one thread."""

    def begin(self, activity: str) -> None:
        """Say that an activity starts, such as `Running the notebook`."""

    def cell(self, done: int, total: int, label: str) -> None:
        """Say that `done` of `total` code cells have ended and `label` starts, if one is left."""

    def end(self, activity: str, note: str = "") -> None:
        """Say that an activity is over, with its answer in a few words."""


class Silent:
    """Progress that nobody watches."""

    def begin(self, activity: str) -> None:
        """Say nothing."""

    def cell(self, done: int, total: int, label: str) -> None:
        """Say nothing."""

    def end(self, activity: str, note: str = "") -> None:
        """Say nothing."""


@contextmanager
def told(progress: Progress, activity: str) -> Iterator[Any]:
    """Report an activity from its begin to its end; the block says the answer."""
    answers: list[str] = []
    progress.begin(activity)
    yield answers.append
    progress.end(activity, answers[-1] if answers else "")
