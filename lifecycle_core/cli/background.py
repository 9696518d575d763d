"""`python -m lifecycle_core.cli.background`: one reproduction for a session that goes on meanwhile.

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
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from lifecycle_core.errors import LifecycleError

if TYPE_CHECKING:
    from collections.abc import Mapping

_POLL = 0.5
_GRACE = 10.0


class Told:
    """Progress as JSON lines."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def say(self, **message: Any) -> None:  # noqa: ANN401 - anything that is JSON
        """Write one message."""
        self._stream.write(json.dumps(message) + "\n")
        self._stream.flush()

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
    """Read the request, reproduce, and write the answer."""
    signal.signal(signal.SIGTERM, _interrupt)
    told = Told(os.fdopen(os.dup(1), "w", encoding="utf-8"))
    os.dup2(2, 1)  # what a library prints must not mix with what we tell
    request = json.load(sys.stdin)
    threading.Thread(target=_end_with, args=(request["parent"],), daemon=True).start()
    try:
        told.say(record=_answer(request, told))
    except LifecycleError as error:
        told.say(error=pickle.dumps(error).hex())
    except KeyboardInterrupt:
        sys.exit(130)


def _answer(request: Mapping[str, Any], told: Told) -> dict[str, Any]:
    from lifecycle_core import verbs

    record = verbs.reproduce(
        Path(request["notebook"]),
        rtol=request["rtol"],
        session=request["session"],
        progress=told,
    )
    return record.model_dump(mode="json")


def _end_with(parent: int) -> None:
    """Interrupt ourselves once the parent is gone, so that the clean run's own clean-up happens."""
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
