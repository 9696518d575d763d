"""The Jupyter face of nbrelease: `%load_ext nbext`. It translates, and holds no logic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbext.ipython import declare, withdraw

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Declare the magics and the views by name; nothing of theirs is imported before its use."""
    declare(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take back exactly what was declared."""
    withdraw(shell)
