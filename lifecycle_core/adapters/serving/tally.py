"""What a service was asked and what became of it, counted after each reply, by version.

The log's table `predictions` holds what was answered; here is what leaves no row there, too.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecycle_core.adapters.serving.base import Inquiry, Reply

CHAMPION = 0
"""In place of the version where a request could not be read, so that no release was chosen."""
_UNUSABLE = {405: "wrong_kind", 413: "too_large", 415: "wrong_kind"}
_TURNED_AWAY = {401: "unauthorized", 429: "rate"}


@dataclass(slots=True)
class Counts:
    """What one version was asked.

    Attributes:
        answered: Rows with a decision.
        refused: Rows without an answer because of what was sent, by cause.
        fields: Fields that broke the contract, by name and rule.
        errors: Rows without an answer for another reason, by cause.
    """

    answered: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    fields: Counter[tuple[str, str]] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)

    @property
    def asked(self) -> int:
        """How many rows."""
        return self.answered + self.refused.total() + self.errors.total()

    def add(self, other: Counts) -> None:
        """Add others to these."""
        self.answered += other.answered
        self.refused.update(other.refused)
        self.fields.update(other.fields)
        self.errors.update(other.errors)


class Tally:
    """Counts from any thread, until somebody takes what was counted."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._lock = threading.Lock()
        self._by_version: dict[int, Counts] = {}

    def replied(self, reply: Reply) -> None:
        """Count the rows of a request that was answered; some may have no answer."""
        with self._lock:
            for said in reply.answers:
                counts = self._of(said["version"])
                if said["id"] is not None:
                    counts.answered += 1
                elif said["fallback"] == "bad_input":
                    counts.refused["contract"] += 1
                else:
                    counts.errors[said["fallback"]] += 1

    def unanswered(self, inquiry: Inquiry, cause: str) -> None:
        """Count the rows of a request that got no answer."""
        with self._lock:
            for version, rows in inquiry.asked.items():
                self._of(version).errors[cause] += len(rows)

    def refused(self, inquiry: Inquiry) -> None:
        """Count the rows of a request that was refused, and what broke the contract in it."""
        with self._lock:
            for version, rows in inquiry.asked.items():
                self._of(version).refused["contract"] += len(rows)
        self.broken(inquiry)

    def broken(self, inquiry: Inquiry) -> None:
        """Count the bad fields of a request."""
        with self._lock:
            for version, fields in inquiry.broken.items():
                self._of(version).fields.update(fields)

    def unread(self, cause: str) -> None:
        """Count a request that there was no time to read."""
        with self._lock:
            self._of(CHAMPION).errors[cause] += 1

    def unusable(self, status: int) -> None:
        """Count a request whose rows could not be read, by the status that it got."""
        with self._lock:
            self._of(CHAMPION).refused[_UNUSABLE.get(status, "unreadable")] += 1

    def turned_away(self, status: int) -> None:
        """Count a request that was not looked at, or at which the service failed."""
        with self._lock:
            if (cause := _TURNED_AWAY.get(status)) is not None:
                self._of(CHAMPION).refused[cause] += 1
            else:
                self._of(CHAMPION).errors["service_error"] += 1

    def take(self, champion: int) -> dict[int, Counts]:
        """Return what was counted by version, and begin anew.

        Args:
            champion: Version that requests count for which could not be read.
        """
        with self._lock:
            found, self._by_version = self._by_version, {}
        unread = found.pop(CHAMPION, None)
        if unread is not None:
            found.setdefault(champion, Counts()).add(unread)
        return found

    def give_back(self, counts: Mapping[int, Counts]) -> None:
        """Add what was taken and could not be kept."""
        with self._lock:
            for version, one in counts.items():
                self._of(version).add(one)

    def _of(self, version: int) -> Counts:
        return self._by_version.setdefault(version, Counts())
