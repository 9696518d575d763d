"""What travels between steps: the task of one, and its outcome. Both are small; values stay put."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from lifecycle_core.schema.figure import Drawn
from lifecycle_core.schema.pipeline import StepOutput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecycle_core.adapters.pipeline_packages import PackagePlace
    from lifecycle_core.adapters.store import Store
    from lifecycle_core.running.project_files import Left
    from lifecycle_core.schema.event import ContractChecked, Drift
    from lifecycle_core.schema.pipeline import Generator, Step
    from lifecycle_core.schema.trace import Statement, StepTrace, StoredValue

Ending = Literal["ran", "fresh", "failed", "not_run", "broken"]


class Checked(NamedTuple):
    """What looking at a variable at the border of a step showed.

    Attributes:
        events: To be told; whose run and pipeline are left to the teller.
        problems: What could not be looked at, a sentence each.
        refused: Why the step may not go on; empty if it may.
    """

    events: tuple[ContractChecked | Drift, ...] = ()
    problems: tuple[str, ...] = ()
    refused: str = ""


class Checks(Protocol):
    """What is declared for variables at the borders of steps; it goes to where they are."""

    def declared(self, step: str, name: str) -> str | None:
        """Return the digest of the rules for a variable, or None if nothing is declared."""

    def check(self, step: str, name: str, value: object) -> Checked:
        """Look at a variable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A step with everything that is known of it before its inputs are.

    Attributes:
        code: What it reaches, by piece.
        parameters: The values that it takes, with their digests.
        generators_from: For each generator that it draws from, the earlier step that left it.
        number: Its place in the pipeline's order, from 0.
        made: Paths that any step of the pipeline is known to write.
        modules: Paths of local modules of which `code` tells what the pipeline reaches.
        later: Names of the steps that come later in the pipeline's order.
        alone: It changes what all threads of a process share, such as the working directory.
        sources: Name of the object that holds the package's sources, for a machine that has no
            copy of them; empty if every process sees the package itself.
        checks: What is declared for variables that go in or come out.
    """

    pipeline: str
    step: Step
    place: PackagePlace
    store: Store
    code: Mapping[str, tuple[Statement, ...]]
    parameters: Mapping[str, tuple[Any, str]]
    generators_from: Mapping[Generator, str]
    lock: str = ""
    policy: str = ""
    number: int = 0
    made: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    later: tuple[str, ...] = ()
    alone: bool = False
    sources: str = ""
    checks: Checks | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a step ended.

    Attributes:
        ending: As a `StepRun` has it; `broken`: an object that it needs was not whole and is
            gone, so that the step which gave it has to run again.
        trace: Of a step that ran or is fresh.
        files: By path, what this step and those before it left there.
        loaded: Bytes of inputs read.
        said: What was found at its borders.
        problems: What could not be looked at there, and what others had changed before it.
    """

    step: str
    ending: Ending
    why: tuple[str, ...] = ()
    key: str = ""
    trace: StepTrace | None = None
    files: Mapping[str, Left] = field(default_factory=dict)
    seconds: float = 0.0
    printed: str = ""
    drawn: Drawn = field(default_factory=Drawn)
    error: str = ""
    cell: int | None = None
    line: int | None = None
    shown: str = ""
    said: tuple[ContractChecked | Drift, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Whether its results are in the store."""
        return self.trace is not None

    def output(self, name: str) -> StoredValue:
        """Return an output by name."""
        if self.trace is None:
            raise KeyError(name)
        return next(value for value in self.trace.outputs if value.name == name)


def told_outputs(trace: StepTrace | None) -> tuple[StepOutput, ...]:
    """Return what a step gave, as records of runs tell it."""
    return tuple(
        StepOutput(name=value.name, type=value.type, digest=value.digest, note=value.note)
        for value in (trace.outputs if trace else ())
    )
