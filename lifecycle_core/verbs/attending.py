"""What a live session asks for: where its notebook lies, and work that goes on meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.background import Background, Meanwhile, Standing
from lifecycle_core.adapters.live_notebook import Located, Traces, locate
from lifecycle_core.adapters.serving.beside import ServiceBeside
from lifecycle_core.errors import InvalidCall
from lifecycle_core.schema.pipeline import Compilation
from lifecycle_core.schema.pipeline_run import PipelineRun, PipelineRuns
from lifecycle_core.schema.reproduction import Reproduction
from lifecycle_core.schema.session import SessionJournal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = [
    "Located", "Meanwhile", "ServiceBeside", "Standing", "compile_meanwhile", "find_notebook",
    "reproduce_meanwhile", "run_each_meanwhile", "run_meanwhile", "said", "serve_meanwhile",
]  # fmt: skip
_PROGRAM = "lifecycle_core.cli.background"
_LAST_PORT = 65_535


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
) -> Meanwhile[Reproduction]:
    """Return a reproduction in a process of its own, ready to start.

    Args:
        notebook: A saved notebook.
        rtol: Relative difference at which two numbers count as equal, in [0, 1).
        journal: What the session ran and holds, as `nbrelease/session/1`.
    """
    words = {"notebook": str(notebook), "rtol": rtol, "session": dict(journal)}
    return Background(_PROGRAM, {"verb": "reproduce", "words": words}, Reproduction)


def compile_meanwhile(
    notebook: Path,
    *,
    name: str | None = None,
    out: Path | None = None,
    rtol: float | None = None,
) -> Meanwhile[Compilation]:
    """Return the compilation of a notebook in a process of its own, ready to start.

    The arguments are those of `compile_pipeline`.
    """
    words = {
        "notebook": str(notebook),
        "name": name,
        "out": str(out) if out else None,
        "rtol": rtol,
    }
    return Background(_PROGRAM, {"verb": "compile_pipeline", "words": words}, Compilation)


def run_meanwhile(
    folder: str, *, parameters: Mapping[str, Any], scheduler: str = "processes"
) -> Meanwhile[PipelineRun]:
    """Return a run of a compiled pipeline in a process of its own, ready to start.

    Args:
        folder: Of its package.
        parameters: Values in place of the notebook's; such as JSON holds.
        scheduler: As for `run_pipeline`.

    Raises:
        InvalidCall: There is no such scheduler.
    """
    from lifecycle_core.adapters.scheduling.choosing import scheduler_at

    scheduler_at(scheduler)  # here, where a person sees at once what is wrong
    words = {"name_or_folder": folder, "parameters": dict(parameters), "scheduler": scheduler}
    return Background(_PROGRAM, {"verb": "run_pipeline", "words": words}, PipelineRun)


def run_each_meanwhile(
    folder: str,
    *,
    parameters: Mapping[str, Any],
    for_each: Mapping[str, Sequence[Any]],
    scheduler: str = "processes",
) -> Meanwhile[PipelineRuns]:
    """Return several runs of a pipeline in a process of their own, ready to start.

    Args:
        folder: Of its package.
        parameters: Values in place of the notebook's; such as JSON holds.
        for_each: Values by parameter, of which every combination is run.
        scheduler: As for `run_pipeline`.

    Raises:
        InvalidCall: There is no such scheduler.
    """
    from lifecycle_core.adapters.scheduling.choosing import scheduler_at

    scheduler_at(scheduler)
    words = {
        "name_or_folder": folder, "parameters": dict(parameters), "scheduler": scheduler,
        "for_each": {name: list(values) for name, values in for_each.items()},
    }  # fmt: skip
    return Background(_PROGRAM, {"verb": "run_pipeline", "words": words}, PipelineRuns)


def serve_meanwhile(spec: str, *, port: int = 0, deadline_ms: float | None = None) -> ServiceBeside:
    """Return a service of a release in a process of its own, ready to start; see `serve`.

    Args:
        spec: `churn`, `churn@champion` or `churn/3`.
        port: 0 takes a free one.
        deadline_ms: In place of the one that the release file declares; from 1.

    Raises:
        InvalidCall: There is no such port, or the deadline is too short.
    """
    if not 0 <= port <= _LAST_PORT:
        raise InvalidCall(
            f"--port is {port}, it must be from 0 to {_LAST_PORT}.", hint="0 takes a free one."
        )
    if deadline_ms is not None and not deadline_ms >= 1:
        raise InvalidCall(
            f"--deadline is {deadline_ms:g}, it must be 1 millisecond or more.",
            hint="Try --deadline 100, or leave it out.",
        )
    return ServiceBeside(spec, port=port, deadline_ms=deadline_ms)


def said(standing: Standing[Any]) -> str:
    """Return in a few words where the work stands."""
    if standing.phase == "running" and standing.total:
        return f"cell {min(standing.done + 1, standing.total)} of {standing.total}"
    return standing.activity if standing.phase == "running" else standing.phase
