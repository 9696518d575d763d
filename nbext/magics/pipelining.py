"""What `%pipeline` does: it finds this notebook's pipeline, and remembers what runs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeAlias

from lifecycle_core.errors import InvalidCall
from lifecycle_core.notebooks.parameter_words import parameters_in, values_in
from nbext.magics.saved import this_notebook
from nbext.pipeline_work import (
    CompilationWork,
    Delivery,
    PipelineRunsWork,
    PipelineWork,
    last_run,
)

if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path

    from IPython.core.interactiveshell import InteractiveShell

    from lifecycle_core.schema.pipeline_overview import PipelineOverview
    from lifecycle_core.verbs.attending import Located

Answer: TypeAlias = "PipelineOverview | CompilationWork | PipelineWork | PipelineRunsWork | None"
ACTIONS = ("show", "compile", "run", "results", "stop")
_ONLY = {"for_each": "run", "rtol": "compile", "scheduler": "run"}


class Pipelining:
    """Answers `%pipeline` in one session."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._work: CompilationWork | PipelineWork | PipelineRunsWork | None = None
        self._run: PipelineWork | None = None

    def answer(self, say: Namespace) -> Answer:
        """Do what a line says.

        Raises:
            InvalidCall: There is no pipeline yet, nothing runs that could be stopped, or the words
                do not fit.
        """
        if say.names and say.action != "results":
            raise InvalidCall(
                f"%pipeline {say.action} takes no `{say.names[0]}`.",
                hint=f"It does one of: {', '.join(ACTIONS)}; type %pipeline? for examples.",
            )
        for option, action in _ONLY.items():
            if getattr(say, option) is not None and say.action != action:
                raise InvalidCall(
                    f"%pipeline {say.action} takes no --{option.replace('_', '-')}.",
                    hint=f"%pipeline {action} does; type %pipeline? for examples.",
                )
        does: dict[str, Any] = {
            "show": self._show,
            "compile": self._compile,
            "run": self._start,
            "results": self._results,
            "stop": self._stop,
        }
        found: Answer = does[say.action](say)
        return found

    def _show(self, say: Namespace) -> PipelineOverview:
        from lifecycle_core import verbs

        _, folder = self._package(say)
        return verbs.pipeline_overview(folder, parameters=parameters_in(say.param))

    def _compile(self, say: Namespace) -> CompilationWork:
        from lifecycle_core import verbs

        located, _ = this_notebook(self._shell, None)
        known = verbs.pipeline_of(located.path) if say.name is None else None
        self._end()
        name, out = (known.name, known.parent) if known else (say.name, None)
        running = verbs.compile_meanwhile(located.path, name=name, out=out, rtol=say.rtol)
        self._work = CompilationWork(self._shell, located, running)
        return self._work.start(wait=say.wait)

    def _start(self, say: Namespace) -> PipelineWork | PipelineRunsWork:
        from lifecycle_core import verbs

        located, folder = self._package(say)
        parameters, each = parameters_in(say.param), values_in(say.for_each)
        if each and say.into is not None:
            raise InvalidCall(
                "--into and --for-each do not go together: each run gives its own variables.",
                hint="runs = %pipeline run --for-each ..., then runs.variables(NAME): one a run.",
            )
        # The first run's; it says at once if a parameter is none of the pipeline's.
        first = {**parameters, **{name: values[0] for name, values in each.items()}}
        overview = verbs.pipeline_overview(folder, parameters=first)
        asked: dict[str, Any] = {
            "parameters": parameters, "scheduler": say.scheduler or "processes",
        }  # fmt: skip
        if each:
            several = verbs.run_each_meanwhile(str(folder), for_each=each, **asked)
            self._end()
            runs = PipelineRunsWork(self._shell, located, several, folder)
            self._work = runs
            return runs.start(wait=say.wait)
        running = verbs.run_meanwhile(str(folder), **asked)
        self._end()
        self._work = self._run = PipelineWork(self._shell, located, running, overview, folder)
        if say.into is not None:
            Delivery(self._shell, self._run, say.into).expect()
        return self._run.start(wait=say.wait)

    def _results(self, say: Namespace) -> None:
        found = last_run(self._run).variables(*say.names)
        self._shell.push(found)
        sys.stdout.write(f"Set: {', '.join(found) or 'nothing, for the run gave nothing'}.\n")

    def _stop(self, _: Namespace) -> None:
        if self._work is None or self._work.done:
            raise InvalidCall("Nothing of the pipeline runs.", hint="%pipeline run starts it.")
        self._work.stop()

    def _end(self) -> None:
        """End what runs: two would slow each other down."""
        if self._work is not None and not self._work.done:
            self._work.stop()

    def _package(self, say: Namespace) -> tuple[Located, Path]:
        from lifecycle_core import verbs

        located, _ = this_notebook(self._shell, None)
        folder = verbs.pipeline_of(located.path, say.name)
        if folder is None:
            raise InvalidCall(
                f"{located.path.name} is not compiled into a pipeline yet.",
                hint="Save it, then: %pipeline compile",
            )
        return located, folder
