"""The process that speaks with MLflow for the sink: a line of events in, a line of answer out.

The first line names the tracking address, the folder of artifacts and the experiment. Each further
one is a JSON list of events; its answer is `{}`, or `fact`, `hint` and `kind` of what failed.
"""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from lifecycle_core.adapters.registry.address import file_of
from lifecycle_core.adapters.registry.creation import create_file
from lifecycle_core.adapters.registry.session import session
from lifecycle_core.errors import LifecycleError
from lifecycle_core.schema.event import Event

if TYPE_CHECKING:
    from collections.abc import Sequence

_RUN = "nbrelease.run"
_EVENTS: TypeAdapter[tuple[Event, ...]] = TypeAdapter(tuple[Event, ...])
_LONGEST_KEY = 250
_LONGEST_VALUE = 500  # what every version of MLflow takes
_MOST_METRICS = 1_000  # in one batch; MLflow's own limits
_MOST_PARAMETERS = 100


@dataclass(slots=True, kw_only=True)
class Writer:
    """Writes events to MLflow: one MLflow run for each pipeline run, found again by its tag.

    Attributes:
        uri: Tracking address.
        artifacts: Folder for files, where the address is that of a SQLite file.
        experiment: Name; the pipeline's if empty.
    """

    uri: str
    artifacts: Path
    experiment: str
    _open: dict[str, str] = field(default_factory=dict)

    def write(self, events: Sequence[Event]) -> None:
        """Write events, which may be of several runs.

        Raises:
            RegistryUnavailable: MLflow does not answer, or refuses.
            TargetUnwritable: The SQLite file cannot be written.
        """
        if path := file_of(self.uri):
            create_file(path)
        with session(self.uri, write=True) as client:
            for run in dict.fromkeys(event.run for event in events):
                self._write_run(client, [event for event in events if event.run == run])

    def close(self) -> None:
        """Mark runs that did not end as killed."""
        if self._open:
            with session(self.uri, write=True) as client:
                for identity in self._open.values():
                    client.set_terminated(identity, "KILLED")

    def _write_run(self, client: Any, events: Sequence[Event]) -> None:  # noqa: ANN401 - MLflow is untyped, here and below
        from mlflow.entities import Metric, Param

        first = events[0]
        if first.run not in self._open:
            self._open[first.run] = self._found(client, first)
        identity = self._open[first.run]
        metrics = [
            Metric(_key(key), value, _milliseconds(event), 0)
            for event in events
            for key, value in _figures(event).items()
        ]
        parameters = [
            Param(_key(key), str(value)[:_LONGEST_VALUE])
            for event in events
            if event.kind == "run_started"
            for key, value in event.parameters.items()
        ]
        for at in range(0, len(metrics), _MOST_METRICS):
            client.log_batch(identity, metrics=metrics[at : at + _MOST_METRICS])
        for at in range(0, len(parameters), _MOST_PARAMETERS):
            client.log_batch(identity, params=parameters[at : at + _MOST_PARAMETERS])
        for event in events:
            if event.kind == "step_failed":
                where = f"cell {event.cell}, line {event.line}: " if event.cell is not None else ""
                said = f"{where}{event.error}"[:_LONGEST_VALUE]
                client.set_tag(identity, f"nbrelease.failed.{event.step}", said)
            elif event.kind in {"run_finished", "run_failed"}:
                status = "FINISHED" if event.kind == "run_finished" else "FAILED"
                client.set_terminated(identity, status, _milliseconds(event))
                del self._open[event.run]

    def _found(self, client: Any, event: Event) -> str:  # noqa: ANN401 - as above
        """Return the MLflow run of a pipeline run, made if need be."""
        experiment = self._experiment(client, self.experiment or event.pipeline)
        known = client.search_runs(
            [experiment], filter_string=f"tags.`{_RUN}` = '{event.run.replace(chr(39), '')}'"
        )
        if known:
            return str(known[0].info.run_id)
        made = client.create_run(
            experiment,
            start_time=_milliseconds(event),
            run_name=event.run,
            tags={_RUN: event.run, "nbrelease.pipeline": event.pipeline},
        )
        return str(made.info.run_id)

    def _experiment(self, client: Any, name: str) -> str:  # noqa: ANN401 - as above
        from mlflow.exceptions import MlflowException

        location = self.artifacts.resolve().as_uri() if file_of(self.uri) else None
        found = client.get_experiment_by_name(name)
        if found is None:
            try:
                return str(client.create_experiment(name, artifact_location=location))
            except MlflowException:
                found = client.get_experiment_by_name(name)  # somebody else was first
                if found is None:
                    raise
        if found.lifecycle_stage == "deleted":
            client.restore_experiment(found.experiment_id)
        return str(found.experiment_id)


def _figures(event: Event) -> dict[str, float]:
    """Return what an event says as MLflow metrics; a slash groups them in its pages."""
    figures: dict[str, float | None] = {}
    match event.kind:
        case "metric":
            figures[event.name] = event.value
        case "drift":
            figures[f"drift/{event.step}.{event.name}.{event.column}"] = event.value
        case "step_finished" | "step_failed":
            figures[f"seconds/{event.step}"] = event.seconds
        case "run_finished" | "run_failed":
            figures["seconds"] = event.seconds
        case "rows":
            figures[f"rows/{event.step}.{event.name}.{event.direction}"] = event.rows
        case "contract_checked":
            figures[f"violations/{event.step}.{event.name}"] = len(event.violations)
        case "resources":
            figures[f"cpu_seconds/{event.step}"] = event.cpu_seconds
            figures[f"peak_bytes/{event.step}"] = event.peak_bytes
    return {key: value for key, value in figures.items() if value is not None}


def _key(text: str) -> str:
    return re.sub(r"[^\w\-. /]", "_", text, flags=re.ASCII)[:_LONGEST_KEY]


def _milliseconds(event: Event) -> int:
    return round(datetime.fromisoformat(event.at).timestamp() * 1_000)


def _answer(writer: Writer, line: str) -> dict[str, str]:
    try:
        writer.write(_EVENTS.validate_json(line))
    except LifecycleError as error:
        return {"fact": str(error), "hint": error.hint, "kind": type(error).__name__}
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent shall know
        return {
            "fact": f"{type(error).__name__}: {error}",
            "hint": "",
            "kind": type(error).__name__,
        }
    return {}


def _serve() -> None:
    """Answer lines until the parent hangs up."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no answer
    uri, artifacts, experiment = json.loads(sys.stdin.readline())
    writer = Writer(uri=uri, artifacts=Path(artifacts), experiment=experiment)
    for line in sys.stdin:
        answers.write(json.dumps(_answer(writer, line)) + "\n")
        answers.flush()
    writer.close()


if __name__ == "__main__":
    _serve()
