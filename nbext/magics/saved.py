"""What the core needs to find the saved file of this notebook: what the kernel can see of it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle_core.errors import InvalidCall
from nbext.journal import journal_of

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from lifecycle_core.verbs.attending import Located


def this_notebook(shell: InteractiveShell, given: str | None) -> tuple[Located, dict[str, Any]]:
    """Return the file of the notebook that a shell runs, and the journal of the session.

    Args:
        shell: The shell that the notebook runs in.
        given: A path from the magic's line; None to look for this notebook.

    Raises:
        InvalidCall: It is not known which file this notebook is, or the kernel's folder is gone.
    """
    from lifecycle_core import verbs

    journal = journal_of(shell).content()
    parent = getattr(getattr(shell, "kernel", None), "parent", None)
    located = verbs.find_notebook(
        journal,
        given=given,
        environ=dict(os.environ),
        folder=_folder(),
        connection_file=getattr(parent, "abs_connection_file", ""),
        editor=str(shell.user_ns.get("__vsc_ipynb_file__", "")),
    )
    return located, journal


def _folder() -> Path:
    """Return the folder that the kernel works in, which somebody may have removed meanwhile."""
    try:
        return Path.cwd()
    except FileNotFoundError as error:
        raise InvalidCall(
            "The folder that this kernel works in is gone.",
            hint="Choose Kernel > Restart Kernel: it then works where the notebook lies now.",
        ) from error


def said(located: Located) -> str:
    """Return which saved file is used, of when, and how it was found."""
    saved = datetime.fromtimestamp(located.path.stat().st_mtime, UTC).astimezone()
    return f"Using {located.path.name} as saved at {saved:%H:%M:%S on %Y-%m-%d}, {located.how}.\n"
