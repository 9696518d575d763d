"""Work in the background that a test moves on by hand."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.background import Standing
from tests.fakes import records

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifecycle_core.schema.base import Record


class FakeBackground:
    """Stands in for `adapters.background.Background`.

    Attributes:
        stopped: Somebody asked it to stop.
        answers: It has its record as soon as somebody waits for it.
    """

    def __init__(self, answer: Record | None = None) -> None:
        self.standing: Standing[Any] = Standing()
        self.stopped = False
        self.answers = True
        self._answer = answer or records.reproduction()
        self._over = threading.Event()
        self._tell: Callable[[Standing[Any]], None] | None = None

    def start(self, tell: Callable[[Standing[Any]], None]) -> None:
        """Remember whom to tell."""
        self._tell = tell

    def stop(self) -> None:
        """End at once."""
        self.stopped = True
        self.move(phase="stopped")

    def wait(self, timeout: float | None = None) -> bool:
        """Have the record, if it answers."""
        if self.answers and self.standing.phase == "running":
            self.move(phase="done", record=self._answer)
        return self._over.wait(0 if timeout else timeout)

    def move(self, **changes: Any) -> None:  # noqa: ANN401 - the fields of Standing
        """Change where it stands, and tell."""
        self.standing = replace(self.standing, **{"event": None, **changes})
        if self.standing.phase != "running":
            self._over.set()
        assert self._tell is not None
        self._tell(self.standing)
