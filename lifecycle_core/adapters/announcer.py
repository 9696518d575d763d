"""Tell events to any number of sinks, so that neither a slow nor a failing one touches the run.

Each sink has a thread and a bounded queue of its own. A full queue drops its oldest event, so that
telling never waits and the end of a run is always among what is still delivered.
"""

from __future__ import annotations

import re
import threading
import time
from collections import Counter, deque
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.registry.address import redacted
from lifecycle_core.errors import LifecycleError, SinkFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.adapters.sinks import ConfiguredSink
    from lifecycle_core.schema.event import Event

_LONGEST = 300
_CLOSING = "close"


class Announcer:
    """Tells each event to every sink that wants it, from threads of its own.

    Law: `tell` neither raises nor waits for a sink.

    Example:
        >>> from lifecycle_core.adapters.sinks import ConfiguredSink
        >>> from lifecycle_core.schema.event import Metric
        >>> class Names(list):
        ...     def take(self, event):
        ...         self.append(event.name)
        ...
        ...     def close(self):
        ...         self.append("closed")
        >>> names = Names()
        >>> announcer = Announcer([ConfiguredSink(label="sink names", sink=names)])
        >>> announcer.tell(Metric(run="1", pipeline="churn", at="", name="auc", value=0.8))
        >>> announcer.close(timeout=10), names
        ((), ['auc', 'closed'])
    """

    def __init__(self, sinks: Sequence[ConfiguredSink]) -> None:
        self._lines = [_Line(sink) for sink in sinks]
        self._said: tuple[str, ...] | None = None

    def tell(self, event: Event) -> None:
        """Put an event before every sink that wants its kind."""
        for line in self._lines:
            line.put(event)

    def close(self, *, timeout: float = 30.0) -> tuple[str, ...]:
        """Deliver what waits, close the sinks, and say what went wrong.

        Args:
            timeout: Seconds for all sinks together; what is not delivered by then is lost.

        Returns:
            A sentence for each sink and kind of failure, fit for `PipelineRun.hooks`; none is
            good. A second call changes nothing and says the same.
        """
        if self._said is None:
            deadline = time.monotonic() + timeout
            for line in self._lines:
                line.end()
            self._said = tuple(
                sentence for line in self._lines for sentence in line.outcome(deadline, timeout)
            )
        return self._said


class _Line:
    """One sink with its queue and its thread, which starts with the first event."""

    def __init__(self, configured: ConfiguredSink) -> None:
        self._configured = configured
        self._waiting: deque[Event] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._busy = False
        self._ending = False
        self._abandoned = False
        self._dropped = 0
        self._failures: Counter[tuple[str, str]] = Counter()
        self._facts: dict[tuple[str, str], str] = {}

    def put(self, event: Event) -> None:
        only = self._configured.only
        if only and event.kind not in only:
            return
        with self._changed:
            if self._ending:
                self._dropped += 1
                return
            if len(self._waiting) >= self._configured.queue:
                self._waiting.popleft()
                self._dropped += 1
            self._waiting.append(event)
            if self._thread is None:
                name = f"nbrelease {self._configured.label}"
                self._thread = threading.Thread(target=self._work, name=name, daemon=True)
                self._thread.start()
            self._changed.notify()

    def end(self) -> None:
        with self._changed:
            self._ending = True
            self._changed.notify()

    def outcome(self, deadline: float, timeout: float) -> list[str]:
        label = self._configured.label[:1].upper() + self._configured.label[1:]
        thread = self._thread
        if thread is not None:
            thread.join(max(0.0, deadline - time.monotonic()))
        with self._changed:
            left = len(self._waiting) + self._busy
            late = thread is not None and thread.is_alive()
            self._abandoned = self._abandoned or late
            said = [
                f"{label} could not be closed: {self._facts[kind, at]}"
                if at == _CLOSING
                else f"{label} did not take {_events(count)}: {self._facts[kind, at]}"
                for (kind, at), count in self._failures.items()
            ]
            if self._dropped:
                said.append(
                    f"{label} was too slow: {_events(self._dropped)} dropped, the oldest first."
                )
            if late and left:
                said.append(f"{label} had {_events(left)} left undelivered after {timeout:g} s.")
            elif late:
                said.append(f"{label} was not closed within {timeout:g} s.")
        return said

    def _work(self) -> None:
        while (event := self._next()) is not None:
            self._attempt(lambda event=event: self._configured.sink.take(event), "take")
        self._attempt(self._configured.sink.close, _CLOSING)

    def _next(self) -> Event | None:
        with self._changed:
            self._busy = False
            while not self._waiting:
                if self._ending:
                    return None
                self._changed.wait()
            if self._abandoned:
                return None
            self._busy = True
            return self._waiting.popleft()

    def _attempt(self, call: Any, at: str) -> None:  # noqa: ANN401 - a call without arguments
        try:
            call()
        except BaseException as error:  # noqa: BLE001 - a hook that leaves by sys.exit, too, fails no run
            kind = error.kind if isinstance(error, SinkFailed) else type(error).__name__
            with self._changed:
                self._failures[kind, at] += 1
                self._facts.setdefault((kind, at), told(error))


def told(error: BaseException) -> str:
    """Return what an error says as one sentence of at most 300 characters, without credentials.

    Example:
        >>> told(ValueError("http://ann:s3cret@host is away"))
        'ValueError: http://***@host is away.'
    """
    text = redacted(str(error)) or "no message"
    if isinstance(error, LifecycleError):
        text = f"{text.rstrip('.')}. {error.hint}" if error.hint else text
    else:
        text = f"{type(error).__name__}: {text}"
    plain = re.sub(r"[\x00-\x20\x7f]+", " ", text).strip()
    cut = plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"
    return cut if cut.endswith((".", "…")) else cut + "."


def _events(count: int) -> str:
    return "1 event" if count == 1 else f"{count:,} events"
