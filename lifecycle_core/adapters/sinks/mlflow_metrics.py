"""Runs as MLflow runs: parameters, metrics, drift and durations, at the registry's own server.

MLflow is spoken to in a process of its own: it is set up by environment variables, and those of
this process belong to the steps that run meanwhile.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.registry.address import file_of
from lifecycle_core.adapters.sinks.base import SinkOptions
from lifecycle_core.errors import SinkFailed

if TYPE_CHECKING:
    from lifecycle_core.adapters.sinks.base import Sink, Surroundings
    from lifecycle_core.schema.event import Event

_PROGRAM = "lifecycle_core.adapters.sinks.mlflow_writing"
_EVERY_SECONDS = 1.0
_MOST_KEPT = 10_000
_LEAVE_SECONDS = 5.0
_AT_ONCE = frozenset({"run_started", "run_finished", "run_failed"})


class MlflowOptions(SinkOptions):
    """Options of `kind = "mlflow"`.

    Attributes:
        tracking: Address of the tracking server or its SQLite file; the registry's without it.
        experiment: Name of the experiment; the pipeline's without it.
    """

    tracking: str | None = None
    experiment: str = ""

    def sink(self, around: Surroundings) -> Sink:
        """Return the sink; its process starts with the first event."""
        uri = self.tracking or around.registry
        file_of(uri)
        artifacts = str(around.home / "artifacts")
        return MlflowMetrics((uri, artifacts, self.experiment))


class MlflowMetrics:
    """Sends events to the process that speaks with MLflow, at most about once a second."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self._words = words
        self._kept: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        self._sent = 0.0

    def take(self, event: Event) -> None:
        """Keep an event, and send what is kept: at a run's ends at once, else after a second.

        Raises:
            SinkFailed: MLflow refuses or is away. What is kept is sent again with a later event.
        """
        self._kept.append(event.model_dump_json())
        del self._kept[:-_MOST_KEPT]
        if event.kind in _AT_ONCE or time.monotonic() - self._sent > _EVERY_SECONDS:
            self._send()

    def close(self) -> None:
        """Send what is kept, and end the process; runs that did not end are marked as killed.

        Raises:
            SinkFailed: MLflow refuses or is away.
        """
        try:
            if self._kept:
                self._send()
        finally:
            self._end()

    def _send(self) -> None:
        try:
            answer = self._ask("[" + ",".join(self._kept) + "]")
        finally:
            self._sent = time.monotonic()
        if answer:
            raise SinkFailed(answer["fact"], kind=answer["kind"], hint=answer["hint"])
        self._kept.clear()

    def _ask(self, line: str) -> dict[str, str]:
        process = self._process = self._process or self._start()
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101 - as above
        try:
            process.stdin.write(line + "\n")
            process.stdin.flush()
            answer: dict[str, str] = json.loads(process.stdout.readline())
        except (OSError, ValueError):
            code = process.wait()
            self._process = None
            process.stdout.close()
            with suppress(OSError):
                process.stdin.close()
            raise SinkFailed(
                f"the process that speaks with MLflow ended with exit code {code}", kind="process"
            ) from None
        return answer

    def _start(self) -> subprocess.Popen[str]:
        environ: dict[str, Any] = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        }
        process = subprocess.Popen(
            [sys.executable, "-m", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env=environ,
            start_new_session=True,  # Ctrl-C is for the run; its end is still to be told
        )
        assert process.stdin is not None  # noqa: S101 - a pipe
        # Not as arguments, which everybody on the machine can read: an address may hold a password.
        process.stdin.write(json.dumps(self._words) + "\n")
        return process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(OSError, subprocess.TimeoutExpired):
            process.communicate(timeout=_LEAVE_SECONDS)
        if process.poll() is None:
            process.kill()
            process.communicate()
