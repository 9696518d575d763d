"""Run a compiled package in clean processes and hear what its variables were."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.kernel_environment import kernel_environment, processors
from lifecycle_core.recorder.digests.portrait import FOLDER

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from lifecycle_core.adapters.workspace import Scratch
    from lifecycle_core.schema.pipeline import Pipeline


_HASH_SEEDS = {"steps": 0, "run": 1}
"""What depends on the order of a set shows itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of running a package.

    Attributes:
        digests: `STEP.VARIABLE` and its digest, for a run step by step; `VARIABLE` for `run()`.
        stuck: Variables that could not be handed over, with the reason.
        error: What was raised: type and message; empty if nothing.
        error_type: Its type alone.
        step: The step in which it was raised.
        trace: Python's traceback.
        pins: By variable, what a test can hold it to; only for `run()`.
        portraits: By the keys of `digests`, what was asked for: `portrait`, or why there is none.
    """

    digests: Mapping[str, str | None] = field(default_factory=dict)
    stuck: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    error_type: str = ""
    step: str = ""
    trace: str = ""
    pins: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    portraits: Mapping[str, Any] = field(default_factory=dict)


def try_package(
    root: Path,
    pipeline: Pipeline,
    scratch: Scratch,
    parameters: Mapping[str, Any],
    *,
    portrayed: Collection[str] = (),
    timeout: float | None = None,
) -> tuple[Trial, Trial]:
    """Run a package step by step, with all variables handed over, and beside it by `run()`.

    Args:
        root: Folder that holds `pipelines`.
        pipeline: Its record.
        scratch: Gives each run its own copy of the project.
        parameters: Values for all parameters.
        portrayed: Variables whose numbers are to be compared.
        timeout: Seconds for each; None waits for ever.

    Returns:
        Both trials: by steps, by `run()`.
    """
    with ThreadPoolExecutor(max_workers=2) as pool:
        both = [
            pool.submit(
                _try,
                mode,
                root,
                pipeline,
                scratch=scratch,
                parameters=parameters,
                portrayed=portrayed,
                timeout=timeout,
            )
            for mode in ("steps", "run")
        ]
        by_steps, by_run = (future.result() for future in both)
    return by_steps, by_run


def _try(
    mode: str,
    root: Path,
    pipeline: Pipeline,
    *,
    scratch: Scratch,
    parameters: Mapping[str, Any],
    portrayed: Collection[str],
    timeout: float | None,
) -> Trial:
    workspace = scratch.workspace()
    temporary = workspace.root / "tmp"
    temporary.mkdir()
    folder = workspace.notebook.parent
    question, answer = workspace.root / "question.json", workspace.root / "answer.json"
    question.write_text(
        json.dumps(
            {
                "path": [str(root), str(folder)],
                "folder": str(folder),
                "project": os.path.realpath(workspace.project),
                "store": str(workspace.root / "store"),
                "package": f"pipelines.{pipeline.name}",
                "mode": mode,
                "portrayed": sorted(portrayed),
                "steps": [step.model_dump() for step in pipeline.steps],
                # As literals: JSON has neither tuples nor sets, and only texts for keys.
                "parameters": {name: repr(value) for name, value in parameters.items()},
            }
        ),
        encoding="utf-8",
    )
    variables = kernel_environment(
        workspace, temporary,
        {"MPLBACKEND": "agg", "PLOTLY_RENDERER": "json", "PYTHONDONTWRITEBYTECODE": "1"},
        hash_seed=_HASH_SEEDS[mode], threads=processors(),
    )  # fmt: skip
    variables["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    log = workspace.root / "output.txt"
    command = [sys.executable, "-s", "-m", "lifecycle_core.adapters.proof_program",
               str(question), str(answer)]  # fmt: skip
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=variables, cwd=folder, stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            process.wait(timeout)
        except BaseException as stopped:
            os.killpg(process.pid, signal.SIGKILL)  # it has a process for each step
            process.wait()
            if not isinstance(stopped, subprocess.TimeoutExpired):
                raise
            return Trial(error=f"it did not end within {timeout:g} seconds", error_type="timeout")
    try:
        said = json.loads(answer.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        tail = log.read_text(encoding="utf-8", errors="replace")[-2_000:]
        return Trial(error=f"its process ended with {process.returncode}: {tail}", trace=tail)
    return Trial(
        digests=said["digests"], stuck=said["stuck"], error=said["error"], step=said["step"],
        trace=said["trace"], error_type=said["type"], pins=said["pins"],
        portraits=said["portraits"],
    )  # fmt: skip


def read_portraits(temporary: Path) -> dict[int, dict[str, Any]]:
    """Return the portraits that a run of a notebook kept, by cell and variable.

    Args:
        temporary: The run's folder for temporary files.
    """
    files = (temporary / FOLDER).glob("*.json")
    return {int(file.stem): json.loads(file.read_text(encoding="utf-8")) for file in files}
