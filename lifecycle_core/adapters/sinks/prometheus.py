"""How the last run of each pipeline went, for Prometheus: a text file, a pushgateway, or both.

A run is a batch job: its figures are written when it ends. The time of the last success stays
through failed runs, so that an alert can ask how old it is.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.error import HTTPError

from pydantic import Field, field_validator, model_validator

from lifecycle_core.adapters.files import write_atomically
from lifecycle_core.adapters.sinks.addresses import require_address, shown
from lifecycle_core.adapters.sinks.base import SinkOptions
from lifecycle_core.errors import MissingExtra, SinkFailed

if TYPE_CHECKING:
    from lifecycle_core.adapters.sinks.base import Sink, Surroundings
    from lifecycle_core.schema.event import Event

_SUCCESS = "run_last_success_timestamp_seconds"


class PrometheusOptions(SinkOptions):
    """Options of `kind = "prometheus"`; at least one of `textfile` and `pushgateway` is needed.

    Attributes:
        textfile: Folder that node_exporter's textfile collector reads; a file for each pipeline.
        pushgateway: Address of a pushgateway.
        username: Name for the pushgateway.
        password_env: Variable that holds the password; over http only to this machine.
        job: Value of the label `job` at the pushgateway.
        timeout: Seconds for the pushgateway's answer.
    """

    textfile: Path | None = None
    pushgateway: str | None = None
    username: str = ""
    password_env: str | None = None
    job: str = Field(default="nbrelease", min_length=1)
    timeout: float = Field(default=10.0, gt=0, le=300)

    @field_validator("pushgateway")
    @classmethod
    def _hides_nothing(cls, url: str | None) -> str | None:
        return None if url is None else require_address(url, plain_http=True)

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if self.textfile is None and self.pushgateway is None:
            raise ValueError("it must have `textfile` or `pushgateway`")
        if self.password_env and self.pushgateway:
            require_address(self.pushgateway, plain_http=False)
        return self

    def sink(self, around: Surroundings) -> Sink:
        """Return the sink; nothing is written before a run ends."""
        return Prometheus(self, around)


class Prometheus:
    """Gathers the figures of a run, and writes them when it ends."""

    def __init__(self, options: PrometheusOptions, around: Surroundings) -> None:
        self._options = options
        self._around = around
        self._runs: dict[str, _Figures] = {}

    def take(self, event: Event) -> None:
        """Note an event's figures; with a run's end, write them all.

        Raises:
            MissingExtra: prometheus_client is not installed.
            SinkFailed: The pushgateway refuses or is away.
            TargetUnwritable: The text file cannot be written.
        """
        figures = self._runs.get(event.run)
        if figures is None:
            figures = self._runs[event.run] = _Figures(event.pipeline)
        figures.note(event)
        if event.kind in {"run_finished", "run_failed"}:
            del self._runs[event.run]
            self._write(figures, event.pipeline)

    def close(self) -> None:
        """Runs that did not end have no figures."""

    def _write(self, figures: _Figures, pipeline: str) -> None:
        if self._options.textfile is not None:
            folder = self._around.project / self._options.textfile
            path = folder / f"nbrelease_{_plain(pipeline)}.prom"
            write_atomically(path, figures.text(path))
        if self._options.pushgateway is not None:
            self._push(figures, pipeline)

    def _push(self, figures: _Figures, pipeline: str) -> None:
        from prometheus_client import exposition

        options, around = self._options, self._around
        handler: Any = exposition.default_handler
        if options.password_env:
            handler = partial(
                exposition.basic_auth_handler,
                username=options.username,
                password=around.secret(options.password_env),
            )
        try:
            # not push_to_gateway, which would drop the time of the last success
            exposition.pushadd_to_gateway(
                str(options.pushgateway),
                job=options.job,
                registry=figures.registry,
                grouping_key={"pipeline": pipeline},
                timeout=options.timeout,
                handler=handler,
            )
        except OSError as error:
            if isinstance(error, HTTPError):
                error.close()
            code = getattr(error, "code", None)
            said = f"answered {code}" if code else f"does not answer ({_reason(error)})"
            raise SinkFailed(
                f"the pushgateway {shown(str(options.pushgateway))} {said}",
                kind=str(code or "no answer"),
            ) from None


class _Figures:
    """The figures of one run in a registry of their own: Prometheus's default one is global."""

    def __init__(self, pipeline: str) -> None:
        try:
            from prometheus_client import CollectorRegistry, Gauge
        except ImportError as error:
            raise MissingExtra("prometheus-client is not installed.", extra="monitoring") from error

        self.registry = CollectorRegistry()
        self._pipeline = pipeline
        self._gauges: dict[str, Any] = {}
        self._new = Gauge

    def note(self, event: Event) -> None:
        step = event.step
        match event.kind:
            case "run_finished" | "run_failed":
                moment = datetime.fromisoformat(event.at).timestamp()
                self._set(
                    "run_success",
                    "1 if the last run ended well, else 0.",
                    float(event.kind == "run_finished"),
                )
                self._set("run_duration_seconds", "Wall time of the last run.", event.seconds)
                self._set("run_last_end_timestamp_seconds", "When the last run ended.", moment)
                if event.kind == "run_finished":
                    self._set(_SUCCESS, "When a run last ended well.", moment)
                    self._set("run_steps_run", "Steps that ran.", event.ran)
                    self._set("run_steps_fresh", "Steps that were fresh.", event.fresh)
            case "step_finished" | "step_failed":
                good = event.kind == "step_finished"
                self._set("step_success", "1 if the step ended well.", float(good), step=step)
                self._set(
                    "step_duration_seconds", "Wall time of the step.", event.seconds, step=step
                )
            case "rows":
                self._set(
                    "rows", "Rows of a table at a step's border.", event.rows,
                    step=step, name=event.name, direction=event.direction,
                )  # fmt: skip
            case "contract_checked":
                self._set(
                    "contract_violations", "Broken rules of a data contract.",
                    len(event.violations), step=step, name=event.name, contract=event.contract,
                )  # fmt: skip
            case "metric":
                self._set(
                    "metric", "A number that a step gave.", event.value, step=step, name=event.name
                )
            case "drift":
                self._set(
                    "drift", "How far a column is from the reference.", event.value,
                    step=step, name=event.name, column=event.column, statistic=event.statistic,
                )  # fmt: skip
            case "resources":
                self._set("step_cpu_seconds", "Processor time.", event.cpu_seconds, step=step)
                if event.peak_bytes is not None:
                    self._set("step_peak_bytes", "Most memory held.", event.peak_bytes, step=step)

    def text(self, path: Path) -> bytes:
        """Return the file's content; the time of the last success is kept from the old one."""
        from prometheus_client import generate_latest

        if _SUCCESS not in self._gauges and (earlier := _earlier_success(path)) is not None:
            self._set(_SUCCESS, "When a run last ended well.", earlier)
        return generate_latest(self.registry)

    def _set(self, figure: str, meaning: str, value: float, **labels: str) -> None:
        gauge = self._gauges.get(figure)
        if gauge is None:
            gauge = self._gauges[figure] = self._new(
                f"nbrelease_{figure}", meaning, ["pipeline", *labels], registry=self.registry
            )
        gauge.labels(pipeline=self._pipeline, **labels).set(value)


def _earlier_success(path: Path) -> float | None:
    from prometheus_client.parser import text_string_to_metric_families

    try:
        families = list(text_string_to_metric_families(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None
    found = [
        sample.value
        for family in families
        if family.name == f"nbrelease_{_SUCCESS}"
        for sample in family.samples
    ]
    return found[0] if found else None


def _plain(name: str) -> str:
    return re.sub(r"\W+", "_", name)


def _reason(error: OSError) -> str:
    return type(getattr(error, "reason", error)).__name__
