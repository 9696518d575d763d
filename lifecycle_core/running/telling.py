"""What is told of a run while it goes on: events to whoever listens, progress to who watches."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lifecycle_core.schema.event import (
    Metric,
    Resources,
    Rows,
    RunFailed,
    RunFinished,
    RunStarted,
    StepFailed,
    StepFinished,
    StepSkipped,
    StepStarted,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any, Literal

    from lifecycle_core.adapters.progress import Progress
    from lifecycle_core.running.outcomes import Outcome
    from lifecycle_core.running.planning import Plan
    from lifecycle_core.schema.event import Event

_MOST_NOTES = 20


class Telling:
    """Tells of one run. Whatever goes wrong with who is told is noted, and fails nothing.

    Attributes:
        notes: What went wrong, a line each.
    """

    def __init__(
        self, run: str, pipeline: str, plan: Plan, tell: Callable[[Event], None] | None
    ) -> None:
        self.run = run
        self.plan = plan
        self.notes: list[str] = []
        self._pipeline = pipeline
        self._tell = tell
        self._outcomes: dict[str, Outcome] = {}
        self._begun: set[str] = set()

    def begin(self) -> None:
        """Tell that the run begins."""
        self._say(
            RunStarted(
                **self._head(), parameters=plain(self.plan.parameters), steps=tuple(self.plan.steps)
            )
        )

    def started(self, step: str, why: tuple[str, ...]) -> None:
        """Tell that a step begins; once, and not after its end, which may be heard first."""
        if step in self._begun or step in self._outcomes:
            return
        self._begun.add(step)
        self._say(StepStarted(**self._head(step), why=why))

    def ended(self, step: str, outcome: Outcome) -> None:
        """Tell how a step ended, and what it gave; once."""
        if step in self._outcomes or outcome.ending == "broken":
            return
        if outcome.ending == "ran":
            self.started(step, outcome.why)
        self._outcomes[step] = outcome
        self.notes += outcome.problems
        for found in outcome.said:
            self._say(found.model_copy(update={"run": self.run, "pipeline": self._pipeline}))
        for event in self._events(step, outcome):
            self._say(event)

    def note(self, what: Iterable[str]) -> None:
        """Note what a person should know and fails nothing; once each."""
        self.notes += [each for each in what if each not in self.notes]

    def end(self, seconds: float, outcomes: Iterable[Outcome]) -> None:
        """Tell that the run is over."""
        ended = list(outcomes)
        failed = [outcome for outcome in ended if outcome.ending == "failed"]
        if failed:
            error = f"step {failed[0].step}: {failed[0].error}"
            self._say(RunFailed(**self._head(), seconds=seconds, error=error))
        else:
            ran = sum(outcome.ending == "ran" for outcome in ended)
            fresh = sum(outcome.ending == "fresh" for outcome in ended)
            self._say(RunFinished(**self._head(), seconds=seconds, ran=ran, fresh=fresh))

    def stopped(self, seconds: float, error: BaseException) -> None:
        """Tell that the run was given up."""
        said = f"{type(error).__name__}: {error}"
        if isinstance(error, KeyboardInterrupt):
            said = "interrupted"
        self._say(RunFailed(**self._head(), seconds=seconds, error=said))

    def _events(self, step: str, outcome: Outcome) -> Iterator[Event]:
        head = self._head(step)
        if outcome.ending == "failed":
            yield StepFailed(
                **head,
                seconds=outcome.seconds,
                error=outcome.error,
                cell=outcome.cell,
                line=outcome.line,
            )
            return
        if outcome.trace is None:
            yield StepSkipped(**head, reason="not_run")
            return
        if outcome.ending == "fresh":
            yield StepSkipped(**head, reason="fresh")
            return
        for each in self.plan.steps[step].task.step.inputs:
            source = self._outcomes.get(each.step)
            if source is not None and source.trace is not None:
                yield from _rows(head, "in", [source.output(each.name)])
        yield from _rows(head, "out", outcome.trace.outputs)
        for value in outcome.trace.outputs:
            if value.number is not None:
                yield Metric(**head, name=value.name, value=value.number)
        yield Resources(
            **head,
            cpu_seconds=outcome.trace.cpu_seconds,
            peak_bytes=outcome.trace.peak_bytes,
        )
        yield StepFinished(**head, seconds=outcome.seconds, bytes=outcome.trace.bytes)

    def _head(self, step: str = "") -> dict[str, Any]:
        at = datetime.now(UTC).isoformat(timespec="microseconds")
        return {"run": self.run, "pipeline": self._pipeline, "at": at, "step": step}

    def _say(self, event: Event) -> None:
        if self._tell is None:
            return
        try:
            self._tell(event)
        except Exception as error:  # noqa: BLE001 - whatever a hook raises, the run goes on
            about = f"{event.kind} {event.step}".strip()
            note = f"told of {about}: {type(error).__name__}: {error}"
            if len(self.notes) < _MOST_NOTES:
                self.notes.append(note)


class Nodes:
    """Hears of nodes, from several threads, and tells every run that has them."""

    def __init__(self, runs: Sequence[tuple[str, Telling]], progress: Progress) -> None:
        self._progress = progress
        self._lock = threading.Lock()
        self._began: set[str] = set()
        self._users: dict[str, list[tuple[Telling, str]]] = {}
        self._labels: dict[str, str] = {}
        for label, telling in runs:
            for step, planned in telling.plan.steps.items():
                self._users.setdefault(planned.node, []).append((telling, step))
                shown = f"{step} [{label}]" if label else step
                self._labels[planned.node] = step if len(self._users[planned.node]) > 1 else shown

    def started(self, name: str, why: tuple[str, ...]) -> None:
        """Hear that a node has to run, and why."""
        with self._lock:
            if name not in self._began:
                self._began.add(name)
                self._progress.begin(self._labels[name])
            for telling, step in self._users[name]:
                telling.started(step, why)

    def ended(self, name: str, outcome: Outcome) -> None:
        """Hear that a node has ended."""
        with self._lock:
            if name in self._began:
                self._began.discard(name)
                self._progress.end(self._labels[name], _note(outcome))
            for telling, step in self._users[name]:
                telling.ended(step, outcome)


def plain(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters as JSON can hold them; anything else as its representation."""
    found = {}
    for name, value in parameters.items():
        try:
            found[name] = json.loads(json.dumps(value, allow_nan=False))
        except (TypeError, ValueError):
            found[name] = repr(value)
    return found


def _note(outcome: Outcome) -> str:
    if outcome.ending == "failed":
        place = f" in cell {outcome.cell}, line {outcome.line}" if outcome.line else ""
        return f"failed{place}"
    return {"ran": "ran", "fresh": "fresh", "broken": "to be run again"}.get(
        outcome.ending, outcome.ending
    )


def _rows(
    head: dict[str, Any], direction: Literal["in", "out"], values: Iterable[Any]
) -> Iterator[Rows]:
    for value in values:
        if value.rows is not None and value.columns is not None:
            yield Rows(
                **head, direction=direction, name=value.name, rows=value.rows, columns=value.columns
            )
