"""Which saved file this notebook is. A kernel is not told; its surroundings leave traces."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from IPython.core.interactiveshell import InteractiveShell


def saved_notebook(shell: InteractiveShell, given: str | None) -> Path:
    """Return the path of the notebook, and say which saved file that is.

    Args:
        shell: The shell that the notebook runs in.
        given: A path from the magic's line; None to look for this notebook.

    Raises:
        InvalidCall: It is not known which file this notebook is.
    """
    if given is not None:
        return Path(given)
    for path in _traces(shell):
        if path.suffix == ".ipynb" and path.is_file():
            saved = datetime.fromtimestamp(path.stat().st_mtime, UTC).astimezone()
            sys.stdout.write(f"Using {path.name} as saved at {saved:%H:%M:%S on %Y-%m-%d}.\n")
            return path
    raise InvalidCall(
        "It is not known which file this notebook is.",
        hint="Save it and name it, such as `%reproduce analysis.ipynb`.",
    )


def _traces(shell: InteractiveShell) -> Iterator[Path]:
    """Yield where the notebook may be: as Jupyter's server says, then as VS Code says."""
    if name := os.environ.get("JPY_SESSION_NAME"):
        yield Path(name)
        yield Path(os.environ.get("PWD", ".")) / name
    if isinstance(name := shell.user_ns.get("__vsc_ipynb_file__"), str):
        yield Path(name)
