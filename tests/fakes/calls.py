"""Functions for children to call; a child imports them by name."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from lifecycle_core.adapters.progress import Progress


def report(number: int, *, progress: Progress) -> tuple[int, int]:
    """Report one activity with one cell; return the number and the process."""
    progress.begin("Work")
    progress.cell(0, 1, f"cell of {number}")
    progress.end("Work", "done")
    return number, os.getpid()


def wait_for(beside: str, own: str, *, progress: Progress) -> str:  # noqa: ARG001 - the form of a call
    """Leave a file, and wait until there is another: two of these end only side by side."""
    Path(own).touch()
    deadline = time.monotonic() + 60
    while not Path(beside).exists():
        if time.monotonic() > deadline:
            raise TimeoutError(beside)
        time.sleep(0.01)
    return own


def stay(folder: str, *, progress: Progress) -> None:
    """Say that it began, wait for ever, and leave a trace of its clean-up."""
    try:
        progress.begin("Staying")
        Path(folder, f"began-{os.getpid()}").touch()
        threading.Event().wait()
    finally:
        Path(folder, f"cleaned-{os.getpid()}").touch()


def refuse(*, progress: Progress) -> None:  # noqa: ARG001 - the form of a call
    """Refuse with a hint."""
    raise InvalidCall("It is wrong.", hint="Do it right.")


def break_down(*, progress: Progress) -> None:  # noqa: ARG001 - the form of a call
    """Be a defect."""
    raise ZeroDivisionError("by nothing")


def die(*, progress: Progress) -> None:  # noqa: ARG001 - the form of a call
    """Die as the system kills."""
    os.kill(os.getpid(), signal.SIGKILL)


def leave(*, progress: Progress) -> None:  # noqa: ARG001 - the form of a call
    """Leave without a word."""
    os._exit(7)


def unsendable(*, progress: Progress) -> object:  # noqa: ARG001 - the form of a call
    """Return what cannot be pickled."""
    return lambda: None


class OddError(Exception):
    """Cannot be made from what it says of itself, so that it does not survive pickling."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(first)
        self.second = second


def raise_odd(*, progress: Progress) -> None:  # noqa: ARG001 - the form of a call
    """Raise what does not survive pickling."""
    raise OddError("odd", "even")
