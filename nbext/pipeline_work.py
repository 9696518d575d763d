"""What `%pipeline compile` and `%pipeline run` give back: it fills while the user goes on."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from lifecycle_core.errors import InvalidCall, LifecycleError
from lifecycle_core.schema.pipeline import Compilation
from lifecycle_core.schema.pipeline_run import PipelineRun, PipelineRuns
from nbext.attended import Attended
from nbext.journal import MEMORY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from IPython.core.interactiveshell import InteractiveShell

    from lifecycle_core.schema.pipeline_overview import PipelineOverview
    from lifecycle_core.verbs.attending import Located, Meanwhile, Standing


class CompilationWork(Attended[Compilation]):
    """The compilation of this notebook into a pipeline, which goes on meanwhile."""

    named = ("compilation", "%pipeline compile", "%pipeline stop")


class PipelineWork(Attended[PipelineRun]):
    """A run of this notebook's pipeline that goes on meanwhile.

    Attributes:
        folder: Of the pipeline's package.
        overview: How the pipeline looks now.
    """

    named = ("run", "%pipeline run", "%pipeline stop")

    def __init__(
        self,
        shell: InteractiveShell,
        located: Located,
        background: Meanwhile[PipelineRun],
        overview: PipelineOverview,
        folder: Path,
    ) -> None:
        super().__init__(shell, located, background)
        self.overview, self.folder = overview, folder

    @property
    def shown(self) -> PipelineOverview | None:
        """How the pipeline looks now; None if the run could not be done at all."""
        return None if self.standing.error is not None else self.overview

    def variables(self, *names: str) -> dict[str, Any]:
        """Wait for the run and return variables that it gave, by name; all if none is named.

        Raises:
            InvalidCall: The run gave no such variable.
            NoAnswer: It was stopped.
            LifecycleError: What kept the run from being done.
        """
        from lifecycle_core import verbs

        return verbs.pipeline_results(self.wait(), names, package=self.folder)

    def _tell(self, standing: Standing[PipelineRun]) -> None:
        from lifecycle_core import verbs

        self.overview = verbs.overview_after(self.overview, standing)
        super()._tell(standing)


class PipelineRunsWork(Attended[PipelineRuns]):
    """Several runs of this notebook's pipeline that go on meanwhile: one for each value.

    Attributes:
        folder: Of the pipeline's package.
    """

    named = ("runs", "%pipeline run", "%pipeline stop")

    def __init__(
        self,
        shell: InteractiveShell,
        located: Located,
        background: Meanwhile[PipelineRuns],
        folder: Path,
    ) -> None:
        super().__init__(shell, located, background)
        self.folder = folder

    def variables(self, *names: str) -> list[dict[str, Any]]:
        """Wait for the runs and return for each, in order, variables that it gave, by name.

        Raises:
            InvalidCall: A run gave no such variable.
            NoAnswer: They were stopped.
            LifecycleError: What kept the runs from being done.
        """
        from lifecycle_core import verbs

        return [verbs.pipeline_results(run, names, package=self.folder) for run in self.wait().runs]


class Delivery:
    """Gives the results of a run to the session, before the first cell that begins after its end.

    No variable changes under a cell that runs.
    """

    def __init__(self, shell: InteractiveShell, work: PipelineWork, names: Sequence[str]) -> None:
        self._shell, self._work, self._names = shell, work, names

    def expect(self) -> None:
        """Look before every cell from now on whether the run has ended."""
        # In front, so that the journal takes what comes for what was there before the cell.
        self._shell.events.callbacks["pre_run_cell"].insert(0, self)
        self._shell.meta[MEMORY]["deliveries"].append(self)

    def cancel(self) -> None:
        """Look no more."""
        waiting = self._shell.meta[MEMORY]["deliveries"]
        if self in waiting:
            waiting.remove(self)
            self._shell.events.unregister("pre_run_cell", self)

    def __call__(self, _: object) -> None:
        """Deliver, if the run has ended."""
        if not self._work.done:
            return
        self.cancel()
        if self._work.record is not None:
            try:
                self._shell.push(self._work.variables(*self._names))
            except LifecycleError as error:
                sys.stdout.write("\n".join([*error._render_traceback_(), ""]))


def last_run(work: PipelineWork | None) -> PipelineWork:
    """Return the last run.

    Raises:
        InvalidCall: There was none in this session.
    """
    if work is None:
        raise InvalidCall("No pipeline was run in this session.", hint="%pipeline run starts it.")
    return work
