"""Runs of sample packages in real child processes, with a store of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.pipeline_packages import find_package
from lifecycle_core.adapters.progress import Silent
from lifecycle_core.adapters.scheduling import LocalScheduler, Scheduler
from lifecycle_core.running import results, run, show

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.adapters.store import Store
    from lifecycle_core.running import Checks
    from lifecycle_core.schema.event import Event
    from lifecycle_core.schema.pipeline_run import PipelineRun, PipelineState


ONE = LocalScheduler("processes", 1)


@dataclass
class Bench:
    """A package and a store."""

    folder: Path
    store: Store
    scheduler: Scheduler = ONE
    events: list[Event] = field(default_factory=list)
    checks: Checks | None = None

    def run(self, **parameters: object) -> PipelineRun:
        return self.runs(parameters)[0]

    def runs(self, *parameters: dict[str, Any]) -> tuple[PipelineRun, ...]:
        return run(
            find_package(self.folder),
            store=self.store,
            scheduler=self.scheduler,
            parameters=parameters,
            tell=self.events.append,
            progress=Silent(),
            checks=self.checks,
        ).runs

    def show(self, **parameters: object) -> PipelineState:
        return show(
            find_package(self.folder), store=self.store, parameters=parameters, checks=self.checks
        )

    def stale(self, **parameters: object) -> dict[str, tuple[str, ...]]:
        return {step.name: step.why for step in self.show(**parameters).steps if not step.fresh}

    def value(self, made: PipelineRun, name: str) -> Any:  # noqa: ANN401 - any value
        return results(made, [name], store=self.store)[name]

    def edit(self, module: str, old: str, new: str) -> None:
        path = self.folder / f"{module}.py"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))


def ran(made: PipelineRun) -> list[str]:
    """Return the names of the steps that ran."""
    return [step.name for step in made.steps if step.status == "ran"]
