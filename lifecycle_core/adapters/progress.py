"""How long work reports where it is. The faces bring their own; `Silent` says nothing."""

from __future__ import annotations

from typing import Protocol


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
