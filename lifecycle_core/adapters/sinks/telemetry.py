"""Runs as OpenTelemetry traces and metrics: a span for each run, and one below it for each step.

Names of attributes are those of OpenTelemetry's conventions for CI/CD where it has them. Exports
are made by the sink's own thread, so that what the other side refuses is known and reported.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from pydantic import Field, field_validator

from lifecycle_core.adapters.sinks.addresses import require_address
from lifecycle_core.adapters.sinks.base import SinkOptions
from lifecycle_core.adapters.sinks.exporting import Exporting

if TYPE_CHECKING:
    from lifecycle_core.adapters.sinks.base import Sink, Surroundings
    from lifecycle_core.schema.event import (
        ContractChecked,
        Drift,
        Event,
        RunFailed,
        StepFailed,
        StepFinished,
    )

_NAME = "cicd.pipeline.name"
_RUN = "cicd.pipeline.run.id"
_TASK = "cicd.pipeline.task.name"
_RESULT = "cicd.pipeline.result"
_PARENT = "TRACEPARENT"


class TelemetryOptions(SinkOptions):
    """Options of `kind = "opentelemetry"`.

    Attributes:
        exporter: Name of an installed exporter, as in OTEL_TRACES_EXPORTER.
        endpoint: Base address of an OTLP/HTTP receiver, such as `http://localhost:4318`; without
            it OpenTelemetry's own variables hold, such as OTEL_EXPORTER_OTLP_ENDPOINT.
        headers_env: Variable that holds headers as `name=value,name=value`; they may be secret.
        service: The service's name.
        timeout: Seconds for one export.
    """

    exporter: str = "otlp_proto_http"
    endpoint: str | None = None
    headers_env: str | None = None
    service: str = "nbrelease"
    timeout: float = Field(default=10.0, gt=0, le=300)

    @field_validator("endpoint")
    @classmethod
    def _hides_nothing(cls, url: str | None) -> str | None:
        return None if url is None else require_address(url, plain_http=True)

    def sink(self, around: Surroundings) -> Sink:
        """Return the sink; OpenTelemetry is loaded with the first event."""
        return Telemetry(self, around)


class Telemetry:
    """Turns events into spans and figures; a run's are sent as its steps and itself end."""

    def __init__(self, options: TelemetryOptions, around: Surroundings) -> None:
        self._options = options
        self._around = around
        self._out: Exporting | None = None
        self._runs: dict[str, Any] = {}
        self._steps: dict[tuple[str, str], Any] = {}
        self._last = 0

    def take(self, event: Event) -> None:
        """Note one event; with the end of a step its span is sent, with a run's end the figures.

        Raises:
            MissingExtra: OpenTelemetry, or its exporter, is not installed.
            SinkFailed: The other side refuses or is away.
        """
        if self._out is None:
            options, around = self._options, self._around
            headers = around.secret(options.headers_env) if options.headers_env else ""
            self._out = Exporting(
                exporter=options.exporter,
                endpoint=options.endpoint,
                headers=_pairs(headers),
                service=options.service,
                timeout=options.timeout,
                parent=around.environ.get(_PARENT, ""),
            )
        self._last = at = _nanoseconds(event.at)
        match event.kind:
            case "run_started":
                self._run(event, at).set_attributes(
                    {f"nbrelease.parameter.{k}": str(v) for k, v in event.parameters.items()}
                )
            case "step_started":
                self._step(event, at).set_attribute("nbrelease.why", event.why)
            case "step_finished" | "step_failed":
                self._end_step(event, at)
            case "run_finished" | "run_failed":
                self._end_run(event, at)
            case _:
                self._note(event, at)

    def close(self) -> None:
        """End the spans of what did not end, and send what is outstanding.

        Raises:
            SinkFailed: The other side refuses or is away.
        """
        if self._out is None:
            return
        for span in (*self._steps.values(), *self._runs.values()):
            span.end(self._last)
        self._out.close()

    def _run(self, event: Event, at: int) -> Any:  # noqa: ANN401 - a span, here and below
        span = self._runs.get(event.run)
        if span is None:
            span = self._runs[event.run] = self._exporting.span(
                f"RUN {event.pipeline}", at, {_NAME: event.pipeline, _RUN: event.run}
            )
        return span

    def _step(self, event: Event, at: int) -> Any:  # noqa: ANN401 - as above
        span = self._steps.get((event.run, event.step))
        if span is None:
            attributes = {_NAME: event.pipeline, _RUN: event.run, _TASK: event.step}
            span = self._steps[event.run, event.step] = self._exporting.span(
                event.step, at, attributes, parent=self._run(event, at)
            )
        return span

    def _end_step(self, event: StepFinished | StepFailed, at: int) -> None:
        span = self._step(event, at - round(event.seconds * 1e9))
        labels = {_NAME: event.pipeline, _TASK: event.step}
        if event.kind == "step_failed":
            where = {"nbrelease.cell": event.cell, "nbrelease.line": event.line}
            span.set_attributes({key: value for key, value in where.items() if value is not None})
            self._exporting.fail(span, event.error, at)
        else:
            span.set_attribute("nbrelease.bytes", event.bytes)
        result = "failure" if event.kind == "step_failed" else "success"
        self._exporting.record("step.duration", "s", event.seconds, labels | {_RESULT: result})
        del self._steps[event.run, event.step]
        span.end(at)
        self._exporting.raise_failures()

    def _end_run(self, event: Any, at: int) -> None:  # noqa: ANN401 - one of two kinds
        for key in [key for key in self._steps if key[0] == event.run]:
            self._steps.pop(key).end(at)
        span = self._run(event, at - round(event.seconds * 1e9))
        failed: RunFailed | None = event if event.kind == "run_failed" else None
        result = "failure" if failed else "success"
        span.set_attribute(_RESULT, result)
        if failed:
            self._exporting.fail(span, failed.error, at)
        else:
            span.set_attributes({"nbrelease.ran": event.ran, "nbrelease.fresh": event.fresh})
        self._exporting.record(
            "run.duration", "s", event.seconds, {_NAME: event.pipeline, _RESULT: result}
        )
        del self._runs[event.run]
        span.end(at)
        self._exporting.send_metrics()
        self._exporting.raise_failures()

    def _note(self, event: Event, at: int) -> None:
        """Add what happened to the span of the step, or of the run; numbers to the figures too."""
        given = event.model_dump(exclude={"schema_", "run", "pipeline", "at", "step", "kind"})
        told = {f"nbrelease.{key}": value for key, value in given.items() if value is not None}
        span = self._steps.get((event.run, event.step)) or self._run(event, at)
        span.add_event(f"nbrelease.{event.kind}", {**told, _TASK: event.step}, timestamp=at)
        labels = {_NAME: event.pipeline, _TASK: event.step}
        match event.kind:
            case "rows":
                labels |= {"name": event.name, "direction": event.direction}
                self._exporting.set("rows", "{row}", event.rows, labels)
            case "metric":
                self._exporting.set("metric", "1", event.value, labels | {"name": event.name})
            case "resources":
                self._exporting.set("step.cpu_time", "s", event.cpu_seconds, labels)
                if event.peak_bytes is not None:
                    self._exporting.set("step.peak_memory", "By", event.peak_bytes, labels)
            case "contract_checked" | "drift":
                self._checked(event, labels)

    def _checked(self, event: ContractChecked | Drift, labels: dict[str, str]) -> None:
        if event.kind == "drift":
            labels |= {"name": event.name, "column": event.column, "statistic": event.statistic}
            self._exporting.set("drift", "1", event.value, labels)
        else:
            labels |= {"name": event.name, "contract": event.contract}
            self._exporting.set("contract.violations", "{rule}", len(event.violations), labels)

    @property
    def _exporting(self) -> Exporting:
        assert self._out is not None  # noqa: S101 - set with the first event
        return self._out


def _pairs(text: str) -> dict[str, str]:
    """Read `name=value,name=value` as OTEL_EXPORTER_OTLP_HEADERS is read."""
    pairs = (pair.partition("=") for pair in text.split(",") if "=" in pair)
    return {name.strip(): unquote(value.strip()) for name, _, value in pairs}


def _nanoseconds(at: str) -> int:
    moment = datetime.fromisoformat(at)
    return int(moment.timestamp()) * 1_000_000_000 + moment.microsecond * 1_000
