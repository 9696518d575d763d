"""What a live session asks for: where its notebook lies, and a reproduction that runs meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.background import Background, Meanwhile, Standing
from lifecycle_core.adapters.live_notebook import Located, Traces, locate
from lifecycle_core.schema.session import SessionJournal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Located", "Meanwhile", "Standing", "find_notebook", "reproduce_meanwhile", "said"]
_PROGRAM = "lifecycle_core.cli.background"


def find_notebook(journal: Mapping[str, Any], **traces: Any) -> Located:  # noqa: ANN401 - see Traces
    """Return the file of a live notebook and how it was found.

    Args:
        journal: What the session ran, as `nbrelease/session/1`.
        traces: The fields of `adapters.live_notebook.Traces`.

    Raises:
        InvalidCall: No trace leads to a file.
    """
    executed = SessionJournal.model_validate(journal).executed
    return locate(Traces(executed=executed, **traces))


def reproduce_meanwhile(
    notebook: Path, *, rtol: float | None = None, journal: Mapping[str, Any]
) -> Meanwhile:
    """Return a reproduction in a process of its own, ready to start.

    Args:
        notebook: A saved notebook.
        rtol: Relative difference at which two numbers count as equal, in [0, 1).
        journal: What the session ran and holds, as `nbrelease/session/1`.
    """
    request = {"notebook": str(notebook), "rtol": rtol, "session": dict(journal)}
    return Background(_PROGRAM, request)


def said(standing: Standing) -> str:
    """Return in a few words where a reproduction stands."""
    if standing.phase == "running" and standing.total:
        return f"cell {min(standing.done + 1, standing.total)} of {standing.total}"
    return standing.activity if standing.phase == "running" else standing.phase
