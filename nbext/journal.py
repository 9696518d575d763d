"""Hands every cell that runs to the core's journal. It imports nothing before the first one."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from lifecycle_core.recorder.journal import Journal

MEMORY = "nbrelease"
"""Where in a shell's `meta` the extension remembers what it has put in place."""


class Listener:
    """Listens to a shell between `start` and `stop`. Whatever goes wrong here stays here."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._journal: Journal | None = None
        self._hooks = {"pre_run_cell": self._before, "post_run_cell": self._after}

    def start(self) -> None:
        """Begin to listen."""
        for event, hook in self._hooks.items():
            self._shell.events.register(event, hook)

    def stop(self) -> None:
        """Listen no more."""
        for event, hook in self._hooks.items():
            self._shell.events.unregister(event, hook)

    def content(self) -> dict[str, Any]:
        """Return the journal with what lives now, as the core's `nbrelease/session/1`."""
        shell = self._shell
        own = [name for name, value in shell.user_ns.items() if _is_ours(value)]
        return self._kept().content(hidden=[*shell.user_ns_hidden, *own])

    def _before(self, info: Any) -> None:  # noqa: ANN401 - IPython's own type
        try:
            if _of_the_user(info):
                self._kept().begin(info.raw_cell)
        except Exception as error:  # noqa: BLE001 - a cell must run whatever happens here
            self._failed(error)

    def _after(self, result: Any) -> None:  # noqa: ANN401 - IPython's own type
        try:
            info = result.info
            if not _of_the_user(info):
                return
            self._kept(until=result.execution_count).end(
                info.raw_cell,
                cell_id=info.cell_id,
                count=result.execution_count if info.store_history else None,
                ok=result.success,
            )
        except Exception as error:  # noqa: BLE001 - as above
            self._failed(error)

    def _kept(self, until: int | None = None) -> Journal:
        if self._journal is None:
            from lifecycle_core.recorder.journal import Journal

            ran = self._shell.history_manager.input_hist_raw[:until]
            self._journal = Journal(
                self._shell.user_ns,
                folder=_project(),
                temporary=tempfile.gettempdir(),
                home=os.environ.get("HOME", ""),
            )
            self._journal.earlier((n, code) for n, code in enumerate(ran) if code.strip())
        return self._journal

    def _failed(self, error: Exception) -> None:
        if self._journal is not None:
            self._journal.note(f"{type(error).__name__}: {error}")


def journal_of(shell: InteractiveShell) -> Listener:
    """Return the listener that `%load_ext nbext` started."""
    listener: Listener = shell.meta[MEMORY]["journal"]
    return listener


def _project() -> str:
    """Return the project's folder, or nothing if somebody removed the kernel's folder meanwhile."""
    from lifecycle_core.recorder.journal import project_folder

    try:
        return project_folder(os.getcwd())  # noqa: PTH109 - text, as the recorder has it
    except FileNotFoundError:
        return ""


def _of_the_user(info: Any) -> bool:  # noqa: ANN401 - IPython's own type
    """Say whether a cell ran: VS Code runs code of its own too, which is in no history."""
    return bool(info.store_history) or info.cell_id is not None


def _is_ours(value: object) -> bool:
    return type(value).__module__.partition(".")[0] == "nbext"
