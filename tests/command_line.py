"""Run the real command line in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


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
    """Run `nbrelease WORDS` in `cwd`, with a home of its own below it unless one is given."""
    environ = {**os.environ, "NBRELEASE_HOME": str(home or cwd / ".nbrelease"), **variables}
    if before:  # Python would keep a module's bytecode that a limit had cut short
        environ["PYTHONDONTWRITEBYTECODE"] = "1"
    result = subprocess.run(
        [sys.executable, "-m", "lifecycle_core.cli", *map(str, words)],
        cwd=cwd,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=before,
    )
    return Ended(result.returncode, result.stdout, result.stderr)
