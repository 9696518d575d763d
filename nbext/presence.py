"""Whether a person sits before the kernel, or a program runs it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def inside_clean_run() -> bool:
    """Say whether this kernel belongs to a clean run of ours."""
    return bool(os.environ.get("NBRELEASE_RUN"))


def somebody_is_there(shell: InteractiveShell) -> bool:
    """Say whether a person can answer: papermill and nbclient run cells without input.

    A shell that gets no messages is a terminal.
    """
    if inside_clean_run():
        return False
    parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
    return bool(parent.get("content", {}).get("allow_stdin", True))


def can_show_widgets(shell: InteractiveShell | None) -> bool:
    """Say whether a person looks at a front end that shows widgets, as far as can be known."""
    return shell is not None and hasattr(shell, "kernel") and somebody_is_there(shell)
