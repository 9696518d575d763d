"""What a service knows of last scores when it starts: those that the prediction log has."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from lifecycle_core.delivering.last_scores import LastScore
from lifecycle_core.errors import LifecycleError

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifecycle_core.delivering.last_scores import LastScores
    from lifecycle_core.delivering.serving import Served
    from lifecycle_core.schema.prediction import Lag

_LOGGER = logging.getLogger("nbrelease.serving")
_OLDEST = timedelta(days=31)
_AGAIN_SECONDS = 30.0


class Remembering:
    """A thread that reads the log while the service answers already, and ends.

    What an earlier process acknowledged may still be on its way to the tables when a service
    starts: then they are read once more, half a minute later.
    """

    def __init__(
        self,
        last: LastScores,
        served: Served,
        log: str,
        lag: Callable[[], Lag],
        *,
        again_seconds: float = _AGAIN_SECONDS,
    ) -> None:
        """Prepare.

        Args:
            last: Where they go; what was said since the start stays.
            served: The release that answers; where it declares no `last_score`, nothing is read.
            log: Folder or URL of the log; empty without one.
            lag: Says what is not in the tables yet.
            again_seconds: After which they are read once more.
        """
        self._last, self._served, self._log, self._lag = last, served, log, lag
        self._again = again_seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="last-scores", daemon=True)

    def start(self) -> None:
        """Begin to read, if that is of use."""
        if self._log and self._served.fallbacks.remembers:
            self._thread.start()

    def close(self) -> None:
        """Read no further."""
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join(1.0)

    def _run(self) -> None:
        left = self._lag().rows
        self._read()
        if left and not self._over.wait(self._again):
            self._read()

    def _read(self) -> None:
        from lifecycle_core.adapters.prediction_log.last_said import last_said

        now = datetime.now(UTC)
        ages = [
            each.max_age_hours for each in self._served.serving.fallback if each.use == "last_score"
        ]
        oldest = max((timedelta(hours=age) if age else _OLDEST for age in ages), default=_OLDEST)
        name, count = self._served.release.name, 0
        try:
            for said in last_said(self._log, name, since=now - oldest, until=now):
                decision = bool(said.decision) if self._served.acts else said.decision
                found = LastScore(said.score, decision, said.time)
                if self._over.is_set() or not self._last.bring_back(said.key, found):
                    break
                count += 1
        except LifecycleError as error:
            _LOGGER.warning("Last scores could not be read from the log: %s", error)
            return
        _LOGGER.info("%d predictions in the log were looked at for last scores", count)
