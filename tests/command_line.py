"""Run the real command line in a process of its own."""

from __future__ import annotations

import atexit
import functools
import os
import subprocess
import sys
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from tests.warm_python import WarmPython

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import BinaryIO

PROGRAM = "lifecycle_core.cli"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    answer: str
    messages: str


def nbrelease(
    *words: str | Path,
    cwd: Path,
    home: Path | None = None,
    before: Callable[[], None] | None = None,
    **variables: str,
) -> Ended:
    """Run `nbrelease WORDS` in `cwd`, with a home of its own below it unless one is given.

    The process is a copy of one that has MLflow loaded, unless something is to be set before
    Python starts.
    """
    environ = {**os.environ, "NBRELEASE_HOME": str(home or cwd / ".nbrelease"), **variables}
    if before or any(name.startswith("PYTHON") for name in variables):
        return _cold(words, cwd, environ, before)
    with TemporaryFile() as output, TemporaryFile() as messages:
        code = _warm_python().run(
            PROGRAM, [*map(str, words)], cwd=cwd, environ=environ, output=output, messages=messages
        )
        return Ended(code, _text(output), _text(messages))


def _cold(
    words: Sequence[str | Path],
    cwd: Path,
    environ: dict[str, str],
    before: Callable[[], None] | None,
) -> Ended:
    if before:  # Python would keep a module's bytecode that a limit had cut short
        environ["PYTHONDONTWRITEBYTECODE"] = "1"
    result = subprocess.run(
        [sys.executable, "-m", PROGRAM, *map(str, words)],
        cwd=cwd,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=before,
    )
    return Ended(result.returncode, result.stdout, result.stderr)


@functools.cache
def _warm_python() -> WarmPython:
    warm = WarmPython.start()
    atexit.register(warm.end)
    return warm


def _text(file: BinaryIO) -> str:
    file.seek(0)
    return file.read().decode()
