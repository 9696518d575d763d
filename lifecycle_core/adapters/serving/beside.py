"""A service in a process of its own, beside a live session, that ends with it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from lifecycle_core.errors import InvalidCall, NoAnswer
from lifecycle_core.schema.serving import Service

_POLL = 0.1
_END_SECONDS = 15.0
_TAIL = 2_000


class ServiceBeside:
    """A child process that serves."""

    def __init__(self, spec: str, *, port: int = 0, deadline_ms: float | None = None) -> None:
        """Prepare, and start nothing.

        Args:
            spec: `churn`, `churn@champion` or `churn/3`.
            port: 0 takes a free one.
            deadline_ms: In place of the one that the release file declares.
        """
        deadline = [] if deadline_ms is None else ["--deadline", str(deadline_ms)]
        self._words = [spec, "--port", str(port), *deadline, "--parent", str(os.getpid())]
        self._child: subprocess.Popen[bytes] | None = None

    def start(self, *, seconds: float = 120.0) -> Service:
        """Start it, and return where it answers.

        Args:
            seconds: How long to wait for it.

        Raises:
            InvalidCall: The call is wrong: there is no such release, or the port is taken.
            NoAnswer: It ended for another reason, or did not answer in time.
        """
        with tempfile.TemporaryDirectory() as folder:
            record, said = Path(folder) / "service.json", Path(folder) / "said"
            with said.open("wb") as stream:
                self._child = subprocess.Popen(
                    [
                        sys.executable, "-m", "lifecycle_core.cli", "serve", *self._words,
                        "--json", str(record),
                    ],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=stream,
                    env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                    start_new_session=True,  # an interrupted cell does not end it
                )  # fmt: skip
            until = time.monotonic() + seconds
            try:
                while not record.exists():
                    self._require_alive(said, until)
                    time.sleep(_POLL)
            except BaseException:
                self.stop()
                raise
            return Service.from_json(record.read_bytes())

    def stop(self) -> None:
        """End it; requests that are under way are answered first."""
        if self._child is None or self._child.poll() is not None:
            return
        self._child.terminate()
        try:
            self._child.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    @property
    def running(self) -> bool:
        """Whether its process is there."""
        return self._child is not None and self._child.poll() is None

    def _require_alive(self, said: Path, until: float) -> None:
        assert self._child is not None  # noqa: S101 - it was started
        code = self._child.poll()
        if code is None and time.monotonic() < until:
            return
        text = said.read_bytes()[-_TAIL:].decode(errors="replace").strip()
        lines = [line for line in text.splitlines() if line.startswith("nbrelease: ")]
        fact = lines[-1].removeprefix("nbrelease: ") if lines else ""
        hint = text.rpartition("Hint: ")[2] if "Hint: " in text else text
        if code == InvalidCall.exit_code and fact:
            raise InvalidCall(fact, hint=hint)
        what = "did not answer in time" if code is None else f"ended with code {code}"
        raise NoAnswer(f"The service {what}. {fact}".strip(), hint=hint or "It said nothing.")
