"""`python -m lifecycle_core.cli.background`: work for a session that goes on meanwhile.

It is asked on stdin and tells on stdout what happens, one JSON document each; see
`adapters/background.py`, which starts it. It never outlives the process that did.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, TextIO

from lifecycle_core.errors import LifecycleError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecycle_core.schema.base import Record
    from lifecycle_core.schema.event import Event

_POLL = 0.5
_GRACE = 10.0


class Told:
    """Progress and events as JSON lines; they may come from several threads."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def say(self, **message: Any) -> None:  # noqa: ANN401 - anything that is JSON
        """Write one message."""
        with self._lock:
            self._stream.write(json.dumps(message) + "\n")
            self._stream.flush()

    def event(self, event: Event) -> None:
        """Say what happened in a run, if it changes how a step or the run stands."""
        if event.kind.startswith(("run_", "step_")):
            self.say(event=event.model_dump(mode="json"))

    def begin(self, activity: str) -> None:
        """Say that an activity starts."""
        self.say(begin=activity)

    def cell(self, done: int, total: int, label: str) -> None:
        """Say which cell starts."""
        self.say(cell={"done": done, "total": total, "label": label})

    def end(self, activity: str, note: str = "") -> None:
        """Say that an activity is over."""
        self.say(end=activity, note=note)


def main() -> None:
    """Read the request, do it, and write the answer."""
    signal.signal(signal.SIGTERM, _interrupt)
    told = Told(os.fdopen(os.dup(1), "w", encoding="utf-8"))
    os.dup2(2, 1)  # what a library prints must not mix with what we tell
    request = json.load(sys.stdin)
    end_with(request["parent"])
    try:
        told.say(record=_answer(request, told))
    except LifecycleError as error:
        told.say(error=pickle.dumps(error).hex())
    except KeyboardInterrupt:
        sys.exit(130)


def _answer(request: Mapping[str, Any], told: Told) -> dict[str, Any]:
    from lifecycle_core import verbs

    words = request["words"]
    record: Record
    match request["verb"]:
        case "reproduce":
            record = verbs.reproduce(**words, progress=told)
        case "compile_pipeline":
            record = verbs.compile_pipeline(**words, progress=told)
        case "run_pipeline":
            record = verbs.run_pipeline(**words, tell=told.event, progress=told)
        case other:
            raise ValueError(other)
    return record.model_dump(mode="json")


def end_with(parent: int) -> None:
    """Have this process interrupted once its parent is gone, so that its clean-up happens."""
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_POLL)
    # To the main thread: another one may get a signal for the process, and the main one sleep on.
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
    time.sleep(_GRACE)
    os._exit(1)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
