"""OpenTelemetry's own machinery without its global state: a tracer, meters, their exporters."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from importlib.metadata import entry_points, version
from typing import TYPE_CHECKING, Any

from lifecycle_core.errors import MissingExtra, SinkFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_SCOPE = "nbrelease"
_OTLP = "otlp_proto_http"
_LOGGER = "opentelemetry"
_SECONDS = (0.01, 0.1, 1, 10, 60, 600, 3_600, 36_000)  # bounds of durations


class Exporting:
    """Makes spans and figures and sends them at once; failures are kept until asked for."""

    def __init__(
        self,
        *,
        exporter: str,
        endpoint: str | None,
        headers: Mapping[str, str],
        service: str,
        timeout: float,
        parent: str,
    ) -> None:
        try:
            from opentelemetry.sdk.metrics import MeterProvider
            from opentelemetry.sdk.metrics.export import InMemoryMetricReader
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
        except ImportError as error:
            raise MissingExtra("opentelemetry-sdk is not installed.", extra="monitoring") from error
        from opentelemetry.trace.propagation import tracecontext

        self._failures: list[str] = []
        resource = Resource.create({"service.name": service, "service.version": version(_SCOPE)})
        flags = {"headers": dict(headers), "timeout": timeout} if exporter == _OTLP else {}
        self._spans = _exporter("traces", exporter, endpoint, flags)
        self._metrics = _exporter("metrics", exporter, endpoint, flags)
        if self._spans is None:
            raise SinkFailed(
                f"no exporter of traces is called {exporter!r}",
                kind="exporter",
                hint=f"Installed: {', '.join(_installed())}.",
            )
        self._tracers = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._tracers.add_span_processor(_at_once(self.send_span))
        self._tracer = self._tracers.get_tracer(_SCOPE, version(_SCOPE))
        wanted = getattr(self._metrics, "_preferred_temporality", None)
        self._reader = InMemoryMetricReader(preferred_temporality=wanted)
        self._meters = MeterProvider(
            metric_readers=[self._reader], resource=resource, shutdown_on_exit=False
        )
        self._meter = self._meters.get_meter(_SCOPE, version(_SCOPE))
        self._instruments: dict[str, Any] = {}
        self._above = tracecontext.TraceContextTextMapPropagator().extract({"traceparent": parent})

    def span(
        self,
        name: str,
        at: int,
        attributes: Mapping[str, Any],
        *,
        parent: Any = None,  # noqa: ANN401 - a span
    ) -> Any:  # noqa: ANN401 - a span
        """Start a span at a time in nanoseconds since 1970, below another one if given."""
        from opentelemetry.trace import set_span_in_context

        context = self._above if parent is None else set_span_in_context(parent)
        return self._tracer.start_span(
            name, context=context, start_time=at, attributes=dict(attributes)
        )

    def fail(self, span: Any, error: str, at: int) -> None:  # noqa: ANN401 - a span
        """Mark a span as failed, with the error as its exception."""
        from opentelemetry.trace import Status, StatusCode

        kind, _, message = error.partition(":")
        span.set_status(Status(StatusCode.ERROR, error))
        span.set_attribute("error.type", kind)
        said = {"exception.type": kind, "exception.message": message.strip()}
        span.add_event("exception", said, timestamp=at)

    def record(self, name: str, unit: str, value: float, labels: Mapping[str, str]) -> None:
        """Add a duration to a histogram."""
        if name not in self._instruments:
            self._instruments[name] = self._meter.create_histogram(
                f"{_SCOPE}.{name}", unit, explicit_bucket_boundaries_advisory=_SECONDS
            )
        self._instruments[name].record(value, dict(labels))

    def set(self, name: str, unit: str, value: float, labels: Mapping[str, str]) -> None:
        """Set a gauge."""
        if name not in self._instruments:
            self._instruments[name] = self._meter.create_gauge(f"{_SCOPE}.{name}", unit)
        self._instruments[name].set(value, dict(labels))

    def send_span(self, span: Any) -> None:  # noqa: ANN401 - a span
        """Send a span that has ended."""
        from opentelemetry.sdk.trace.export import SpanExportResult

        with self._heard() as said:
            good = self._spans.export((span,)) is SpanExportResult.SUCCESS
        if not good:
            self._failures.append(said[-1] if said else "the exporter says no more")

    def send_metrics(self) -> None:
        """Send the figures as they are now."""
        from opentelemetry.sdk.metrics.export import MetricExportResult

        data = self._reader.get_metrics_data()
        if self._metrics is None or data is None:
            return
        with self._heard() as said:
            good = self._metrics.export(data) is MetricExportResult.SUCCESS
        if not good:
            self._failures.append(said[-1] if said else "the exporter says no more")

    def raise_failures(self) -> None:
        """Raise the first failure since the last call.

        Raises:
            SinkFailed: Something was not exported.
        """
        if self._failures:
            first, self._failures = self._failures[0], []
            raise SinkFailed(f"an export failed: {first}", kind="export")

    def close(self) -> None:
        """Send what is outstanding and end the exporters.

        Raises:
            SinkFailed: Something was not exported.
        """
        self.send_metrics()
        with self._heard():
            self._tracers.shutdown()
            self._meters.shutdown()
            for exporter in filter(None, (self._spans, self._metrics)):
                exporter.shutdown()
        self.raise_failures()

    @contextmanager
    def _heard(self) -> Iterator[list[str]]:
        """Keep what OpenTelemetry logs to ourselves: it is the only place where it says why."""
        said: list[str] = []
        logger = logging.getLogger(_LOGGER)
        listener = _Listener(said)
        before = logger.propagate
        logger.addHandler(listener)
        logger.propagate = False
        try:
            yield said
        finally:
            logger.propagate = before
            logger.removeHandler(listener)


class _Listener(logging.Handler):
    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        self._said.append(record.getMessage())


def _at_once(send: Callable[[Any], None]) -> Any:  # noqa: ANN401 - a span processor
    """Return a processor that sends each span when it ends, in the thread that ends it."""
    from opentelemetry.sdk.trace import SpanProcessor

    class AtOnce(SpanProcessor):
        def on_end(self, span: Any) -> None:  # noqa: ANN401 - a span
            send(span)

    return AtOnce()


def _exporter(signal: str, name: str, endpoint: str | None, flags: dict[str, Any]) -> Any:  # noqa: ANN401 - of any package
    """Return the installed exporter of that name, or None."""
    found = next(iter(entry_points(group=f"opentelemetry_{signal}_exporter", name=name)), None)
    if found is None:
        if name == _OTLP:
            raise MissingExtra(
                "opentelemetry-exporter-otlp-proto-http is not installed.", extra="monitoring"
            )
        return None
    if endpoint is not None:
        flags = {**flags, "endpoint": f"{endpoint.rstrip('/')}/v1/{signal}"}
    return found.load()(**flags)


def _installed() -> list[str]:
    return sorted({point.name for point in entry_points(group="opentelemetry_traces_exporter")})
