"""What the model last said about each business key, for the time when it cannot say it anew."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import NamedTuple


class LastScore(NamedTuple):
    """A score and the decision on it.

    Attributes:
        time: When it was given, in seconds since 1970.
    """

    score: float | None
    decision: bool | float | None
    time: float


class LastScores:
    """The newest answers by key; the one that was used longest ago goes when there is no room."""

    def __init__(self, most: int = 100_000) -> None:
        """Remember nothing yet.

        Args:
            most: Number of keys that are kept; each takes about 200 bytes.
        """
        self._most = most
        self._kept: OrderedDict[str, LastScore] = OrderedDict()
        self._lock = threading.Lock()

    def remember(self, key: str, last: LastScore) -> None:
        """Keep what was said about a key."""
        with self._lock:
            self._kept[key] = last
            self._kept.move_to_end(key)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def bring_back(self, key: str, last: LastScore) -> bool:
        """Keep what was said about a key before, unless something newer is known.

        Returns:
            False where there is no room: what is kept was used or said later.
        """
        with self._lock:
            known = self._kept.get(key)
            if known is None:
                if len(self._kept) >= self._most:
                    return False
                self._kept[key] = last
                self._kept.move_to_end(key, last=False)
            elif known.time < last.time:
                self._kept[key] = last
            return True

    def recall(self, key: str, *, since: float) -> LastScore | None:
        """Return what was last said about a key, unless that was before `since`.

        Example:
            >>> scores = LastScores()
            >>> scores.remember("7590", LastScore(0.62, True, 1000.0))
            >>> scores.recall("7590", since=900.0)
            LastScore(score=0.62, decision=True, time=1000.0)
            >>> scores.recall("7590", since=1100.0) is None
            True
        """
        with self._lock:
            last = self._kept.get(key)
        return last if last is not None and last.time >= since else None
