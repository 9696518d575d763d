"""Work in a process of its own, so that a live session can go on meanwhile.

The child is asked on stdin and tells on stdout what happens, one JSON document each. It has a
session of its own, so that an interrupted cell does not end it; it ends when it is told to, and
with the process that started it, however that ends.
"""

from __future__ import annotations

import contextvars
import json
import os
import pickle
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar

from pydantic import TypeAdapter

from lifecycle_core.errors import LifecycleError, NoAnswer
from lifecycle_core.schema.base import Record
from lifecycle_core.schema.event import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Phase = Literal["running", "done", "stopped", "failed"]
_GRACE = 10.0
_TAIL = 2_000
_EVENT: TypeAdapter[Event] = TypeAdapter(Event)

Answer = TypeVar("Answer", bound=Record)
"""The record that the work gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing(Generic[Answer]):
    """Where the work stands.

    Attributes:
        activity: What is being done, such as `Running the notebook`.
        done: Code cells that have ended, of `total`; 0 of 0 where cells are not the matter.
        label: First line of the cell that runs.
        event: What was told last of a pipeline's run; None if that was something else.
        record: The answer, once it is `done`.
        error: Why there is none, if it `failed`.
    """

    phase: Phase = "running"
    activity: str = "Starting"
    done: int = 0
    total: int = 0
    label: str = ""
    event: Event | None = None
    record: Answer | None = None
    error: LifecycleError | None = None


def advanced(
    standing: Standing[Answer], message: Mapping[str, Any], answer: type[Answer]
) -> Standing[Answer]:
    """Return where things stand after what the child said.

    Example:
        >>> from lifecycle_core.schema.reproduction import Reproduction
        >>> advanced(Standing(), {"begin": "Running"}, Reproduction).activity
        'Running'
    """
    standing = replace(standing, event=None)
    if "event" in message:
        return replace(standing, event=_EVENT.validate_python(message["event"]))
    if "begin" in message:
        return replace(standing, activity=message["begin"], done=0, total=0, label="")
    if "cell" in message:
        return replace(standing, **message["cell"])
    if "record" in message:
        record = answer.model_validate(message["record"])
        return replace(standing, phase="done", record=record)
    if "error" in message:
        error = pickle.loads(bytes.fromhex(message["error"]))  # noqa: S301 - from our own child
        return replace(standing, phase="failed", error=error)
    return standing


class Meanwhile(Protocol[Answer]):
    """Work that goes on while the session does; `Background` is one."""

    standing: Standing[Answer]

    def start(self, tell: Callable[[Standing[Answer]], None]) -> None:
        """Start, return at once, and tell each change."""

    def stop(self) -> None:
        """End it."""

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for its end and say whether it came."""


class Background(Generic[Answer]):
    """Work in a child process.

    Attributes:
        standing: Where it stands now.
    """

    def __init__(self, program: str, request: Mapping[str, Any], answer: type[Answer]) -> None:
        self.standing: Standing[Answer] = Standing()
        self._program, self._answer = program, answer
        self._request = json.dumps({**request, "parent": os.getpid()}).encode()
        self._over = threading.Event()
        self._asked_to_stop = False

    def start(self, tell: Callable[[Standing[Answer]], None]) -> None:
        """Start the child and return at once.

        Args:
            tell: Called at each change, in a thread that has this one's context; its outputs thus
                belong to the cell that runs now.
        """
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the thread that reads
        self._child = subprocess.Popen(
            [sys.executable, "-m", self._program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            start_new_session=True,
        )
        context = contextvars.copy_context()
        thread = threading.Thread(target=context.run, args=(self._follow, tell), daemon=True)
        thread.start()

    def stop(self) -> None:
        """Ask the child to end and to clean up after itself; it is killed if it does not."""
        self._asked_to_stop = True
        if self._child.poll() is None:
            self._child.terminate()
            threading.Timer(_GRACE, self._kill).start()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end and say whether it came; `timeout` in seconds."""
        return self._over.wait(timeout)

    def _follow(self, tell: Callable[[Standing[Answer]], None]) -> None:
        assert self._child.stdin is not None  # noqa: S101 - both are pipes
        assert self._child.stdout is not None  # noqa: S101
        try:
            with self._said, self._child.stdout as lines:
                with self._child.stdin as stdin:
                    stdin.write(self._request)
                for line in lines:
                    self.standing = advanced(self.standing, json.loads(line), self._answer)
                    if self.standing.phase == "running":
                        tell(self.standing)
                code = self._child.wait()
                if self.standing.phase == "running":
                    self.standing = self._ended_without_answer(code)
        finally:
            self._over.set()
            tell(self.standing)

    def _ended_without_answer(self, code: int) -> Standing[Answer]:
        if self._asked_to_stop:
            return replace(self.standing, phase="stopped")
        self._said.seek(0)
        tail = self._said.read()[-_TAIL:].decode(errors="replace").strip()
        error = NoAnswer(
            f"The process that was to do it ended with code {code} and no answer.",
            hint=tail or "It said nothing.",
        )
        return replace(self.standing, phase="failed", error=error)

    def _kill(self) -> None:
        if self._child.poll() is None:
            self._child.kill()
