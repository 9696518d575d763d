"""Whether a person sits before the kernel, or a program runs it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

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
    parent = _message_of(shell)
    return bool(parent.get("content", {}).get("allow_stdin", True))


def can_show_widgets(shell: InteractiveShell | None) -> bool:
    """Say whether a person looks at a front end that shows widgets, as far as can be known.

    VS Code does not count. It takes a widget before HTML, and then looks for the widget's script
    beside a local interpreter or on the internet. Where it finds none, such as behind a Jupyter
    server, it shows an error in place of the panel, and no HTML.
    """
    if shell is None or not hasattr(shell, "kernel") or not somebody_is_there(shell):
        return False
    return not inside_vs_code(shell)


def inside_vs_code(shell: InteractiveShell) -> bool:
    """Say whether VS Code sent the cell that runs: it names cells by an address of its own."""
    from lifecycle_core.schema.session import VS_CODE_CELL

    parent = _message_of(shell)
    cell = parent.get("metadata", {}).get("cellId")
    return isinstance(cell, str) and cell.startswith(VS_CODE_CELL)


def _message_of(shell: InteractiveShell) -> dict[str, Any]:
    """Return the message that asked for what runs; empty where there is no front end."""
    message: dict[str, Any] = shell.get_parent() if hasattr(shell, "get_parent") else {}
    return message
