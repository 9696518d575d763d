"""What is kept of a scoring run while it goes on, so that one that was killed can go on later.

One folder a run, locked by whoever works on it and removed when the run has ended. It may hold
rows of persons, so only its owner may look into it.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from lifecycle_core.adapters.files import digest_bytes, sync, write_atomically, writing
from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LOCK = "lock"
_BEGUN = "run.json"
_SETTLED = 7 * 24 * 3600.0
"""Seconds after which a run that nobody goes on with is forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A run that has begun.

    Attributes:
        run: Its id.
        began: When it began first, with zone.
        identity: Which rows it scores: a digest, or what the system says of a file.
    """

    run: str
    began: datetime
    identity: str


@dataclass(frozen=True, slots=True)
class ScoreRun:
    """The folder of one run, locked."""

    folder: Path

    @property
    def name(self) -> str:
        """A name of letters and digits that no other run has."""
        return self.folder.name

    def path(self, name: str) -> Path:
        """Return where a file of the run lies, or would."""
        return self.folder / name

    def begin(self, identity: str, *, run: str, now: datetime) -> Begun:
        """Go on with what is here if it is of the same rows; else forget it and begin.

        Args:
            identity: Which rows are scored now.
            run: The run's id.
            now: With zone.

        Raises:
            TargetUnwritable: The operating system refuses.
        """
        with suppress(OSError, ValueError, KeyError, TypeError):
            known = json.loads(self.path(_BEGUN).read_text(encoding="utf-8"))
            if (known["identity"], known["run"]) == (identity, run):
                return Begun(
                    run=run, began=datetime.fromisoformat(known["began"]), identity=identity
                )
        for each in self.folder.iterdir():
            if each.name not in {_LOCK, "source"}:
                each.unlink()
        begun = {"identity": identity, "run": run, "began": now.isoformat()}
        write_atomically(self.path(_BEGUN), json.dumps(begun))
        return Begun(run=run, began=now, identity=identity)

    def forget(self) -> None:
        """Remove all that is kept of the run."""
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class ScoreRuns:
    """The folder with a folder for each run that has not ended.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with ScoreRuns(Path(folder)).open("churn/3 in.csv out.csv") as run:
        ...         run.path("scores").name
        'scores'
    """

    folder: Path

    @contextmanager
    def open(self, call: str) -> Iterator[ScoreRun]:
        """Open the folder of a run, and lock it for as long as the block lasts.

        Args:
            call: What was asked for; the same call has the same folder.

        Raises:
            InvalidCall: Another process does the same.
            TargetUnwritable: The operating system refuses.
        """
        self._sweep()
        with self._alone(call, "scores this table into this place") as folder:
            yield ScoreRun(folder)

    @contextmanager
    def alone_at(self, place: str) -> Iterator[None]:
        """Write to a place alone for as long as the block lasts.

        Two runs that replace the same files would leave the scores of one with the rejects of the
        other.

        Args:
            place: Where; the same text for the same place.

        Raises:
            InvalidCall: Another process writes there.
            TargetUnwritable: The operating system refuses.
        """
        with self._alone(f"place {place}", "writes scores to this place") as folder:
            try:
                yield
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def _alone(self, name: str, does: str) -> Iterator[Path]:
        """Lock the folder of a name for as long as the block lasts."""
        folder = self.folder / digest_bytes(name.encode()).removeprefix("sha256:")[:16]
        with writing(folder):
            handle = _locked(folder)
        if handle is None:
            raise InvalidCall(
                f"Another process {does} at this moment.",
                hint="Wait until it has ended, or name another output.",
            )
        try:
            yield folder
        finally:
            os.close(handle)

    def _sweep(self) -> None:
        for folder in self.folder.glob("*/"):
            with suppress(OSError):
                if time.time() - folder.stat().st_mtime > _SETTLED:
                    handle = _locked(folder)
                    if handle is not None:
                        shutil.rmtree(folder, ignore_errors=True)
                        os.close(handle)


def _locked(folder: Path) -> int | None:
    """Make a folder and lock it; None if another process has it."""
    while True:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except FileNotFoundError:  # removed this moment by one whose run has ended
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        with suppress(FileNotFoundError):
            if (folder / _LOCK).stat().st_ino == os.fstat(handle).st_ino:
                return handle
        os.close(handle)  # the lock of a folder that is gone


def identity_of(path: Path) -> str:
    """Return what the system says of a file; it differs as soon as the file is written to.

    Raises:
        InvalidCall: There is no such file.
    """
    try:
        state = path.stat()
    except OSError as error:
        raise InvalidCall(f"{path} cannot be read: {error.strerror}.") from error
    return f"{path.resolve()} {state.st_ino} {state.st_size} {state.st_mtime_ns}"


def append_line(path: Path, line: str) -> None:
    """Append a line to a file, and wait until it is on the disk.

    Raises:
        TargetUnwritable: The operating system refuses.
    """
    with writing(path):
        with path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        sync(path)
