"""Prove that a draft gives the notebook's results, or draw up another one that does."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.formatting import formatted
from lifecycle_core.adapters.packages import write_modules
from lifecycle_core.adapters.proving import Trial, read_portraits, try_package
from lifecycle_core.compiling import Attempt, next_attempt, with_lines
from lifecycle_core.compiling.hidden_names import with_hidden_name
from lifecycle_core.compiling.mending import judge_trial
from lifecycle_core.compiling.nearness import Tolerance, measured, places_of, with_portraits
from lifecycle_core.compiling.writing.pins import pin_test
from lifecycle_core.reproducing import clean_plans
from lifecycle_core.schema.pipeline import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lifecycle_core.adapters.runs import ScratchRuns
    from lifecycle_core.adapters.workspace import Scratch
    from lifecycle_core.notebooks.read import Notebook
    from lifecycle_core.schema.pipeline import Pipeline

_TRIALS = 12
_FIRST_OF_ITS_NAME = """\
from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)
"""
"""A project whose own `pipelines` has an `__init__` would hide the draft, and be proven instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a proof takes place in.

    Attributes:
        scratch: Gives each trial its own copy of the project.
        runs: Makes clean runs of the notebook, where values are to be measured.
        notebook: As it is run.
        lock: Digest of what it loaded.
        name: Of the pipeline.
        volatile: Variables that may be anything, with the reason.
        unsteady: Variables that two clean runs gave differently, which are to be measured.
        rtol: Relative difference of two numbers that counts as equal, in [0, 1).
    """

    scratch: Scratch
    runs: ScratchRuns
    notebook: Notebook
    lock: str
    name: str
    volatile: Mapping[str, str]
    unsteady: frozenset[str] = frozenset()
    rtol: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """What came of it; without a refusal the pipeline holds its proof.

    Attributes:
        pipeline: The last draft's record.
        modules: Its files, with the test that goes with it.
        refusal: Why there is no proof.
        words: What came of it, in a few words.
    """

    pipeline: Pipeline | None = None
    modules: Mapping[str, str] = field(default_factory=dict)
    refusal: Refusal | None = None
    words: str = ""


def prove(attempt: Attempt, around: Circumstances) -> Proven:
    """Try a draft, and others with fewer borders, until one gives the notebook's results.

    Args:
        attempt: The first one.
        around: What the proof takes place in.
    """
    portrayed = around.unsteady
    for trial in range(1, _TRIALS + 1):
        made = attempt.draft
        modules = formatted(made.modules)
        pipeline = with_lines(made, modules)
        root = around.scratch.folder(f"draft{trial}")
        write_modules(root / "pipelines", {"__init__.py": _FIRST_OF_ITS_NAME})
        write_modules(root / "pipelines" / around.name, modules)
        parameters: dict[str, Any] = dict(attempt.defaults)
        by_steps, by_run = try_package(
            root, pipeline, around.scratch, parameters, portrayed=portrayed
        )
        judged = judge_trial(
            pipeline, by_steps, by_run, volatile=around.volatile, lock=around.lock,
            python=platform.python_version(),
            tolerance=_measured(pipeline, portrayed, around, by_steps, by_run),
        )  # fmt: skip
        if judged.proof:
            modules |= formatted(_pinning(pipeline, around, by_run))
            found = f"{judged.proof.words}, {judged.proof.compared} variables"
            return Proven(
                pipeline=pipeline.model_copy(update={"proof": judged.proof}),
                modules=modules,
                words=f"{found}, {len(pipeline.steps)} steps",
            )
        if judged.refusal:
            error = by_steps.error or by_run.error
            refusal = with_hidden_name(judged.refusal, error, attempt.program.cells)
            return Proven(pipeline=pipeline, refusal=refusal, words="refused")
        portrayed |= judged.unmeasured
        attempt = next_attempt(attempt, judged)
    return Proven(
        pipeline=attempt.draft.pipeline,
        refusal=Refusal(
            reason=f"no proof in {_TRIALS} trials", hint="Mark steps with %%step NAME."
        ),
        words="refused",
    )


def _measured(
    pipeline: Pipeline,
    portrayed: frozenset[str],
    around: Circumstances,
    by_steps: Trial,
    by_run: Trial,
) -> Tolerance:
    """Run the notebook again, where something is to be measured, and compare the numbers."""
    places = places_of(pipeline, portrayed)
    found = {}
    if places and not (by_steps.stuck or by_steps.error or by_run.error):
        found = measured(
            pipeline, _notebook_portraits(around, places), by_steps.portraits, by_run.portraits
        )
    return Tolerance(rtol=around.rtol, measured=found, unsteady=around.unsteady)


def _notebook_portraits(
    around: Circumstances, places: Mapping[int, Sequence[str]]
) -> list[dict[int, dict[str, Any]]]:
    # Two runs, with different hash seeds: they must be as near to each other as the package is.
    plans = clean_plans(with_portraits(around.notebook, places), 2)
    executions = around.runs.together(plans, "Measuring how near the variables are")
    return [read_portraits(Path(one.temporary)) for one in executions]


def _pinning(pipeline: Pipeline, around: Circumstances, by_run: Trial) -> dict[str, str]:
    pins = {name: pin for name, pin in by_run.pins.items() if name not in around.volatile}
    folder = str(PurePosixPath(pipeline.notebook).parent)
    text = pin_test(around.name, folder, pins, rtol=around.rtol)
    return {f"tests/test_{around.name}.py": text}
