"""A real OTLP/HTTP exporter, and a receiver on the loopback that reads what it sends."""

from __future__ import annotations

import gzip
import logging
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from lifecycle_core.adapters.sinks.telemetry import TelemetryOptions
from lifecycle_core.errors import MissingExtra, SinkFailed
from tests.fakes.events import failed_run, good_run

if TYPE_CHECKING:
    from lifecycle_core.adapters.sinks import Surroundings
    from lifecycle_core.schema.event import Event
    from tests.fakes.receiving import Receiver, Request


def told(
    receiver: Receiver, around: Surroundings, events: list[Event], **options: str | None
) -> None:
    given = {"kind": "opentelemetry", "endpoint": receiver.url, "timeout": 2, **options}
    sink = TelemetryOptions.model_validate(given).sink(around)
    for event in events:
        sink.take(event)
    sink.close()


def body(request: Request) -> bytes:
    packed = request.headers.get("content-encoding") == "gzip"
    return gzip.decompress(request.body) if packed else request.body


def spans_of(receiver: Receiver) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for request in receiver.got("/v1/traces"):
        for resource in ExportTraceServiceRequest.FromString(body(request)).resource_spans:
            for scope in resource.scope_spans:
                found |= {span.name: span for span in scope.spans}
    return found


def attributes(span: Span | Span.Event) -> dict[str, Any]:
    return {
        pair.key: getattr(pair.value, str(pair.value.WhichOneof("value")))
        for pair in span.attributes
    }


def metrics_of(receiver: Receiver) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for request in receiver.got("/v1/metrics"):
        for resource in ExportMetricsServiceRequest.FromString(body(request)).resource_metrics:
            for scope in resource.scope_metrics:
                found |= {each.name: each for each in scope.metrics}
    return found


def test_a_run_is_a_trace_with_a_span_for_each_step(
    receiver: Receiver, around: Surroundings
) -> None:
    told(receiver, around, good_run())
    spans = spans_of(receiver)
    assert set(spans) == {"RUN churn", "train"}
    run, step = spans["RUN churn"], spans["train"]
    assert step.parent_span_id == run.span_id
    assert step.trace_id == run.trace_id
    assert run.parent_span_id == b""
    assert (run.end_time_unix_nano - run.start_time_unix_nano) == 4_000_000_000
    assert (step.end_time_unix_nano - step.start_time_unix_nano) == 2_000_000_000
    assert attributes(run)["cicd.pipeline.name"] == "churn"
    assert attributes(run)["nbrelease.parameter.seed"] == "7"
    assert attributes(run)["cicd.pipeline.result"] == "success"
    assert [event.name for event in step.events] == [
        "nbrelease.rows", "nbrelease.contract_checked", "nbrelease.drift", "nbrelease.metric",
        "nbrelease.resources",
    ]  # fmt: skip
    assert [event.name for event in run.events] == ["nbrelease.step_skipped"]


def test_a_failed_step_is_an_error_with_cell_and_line(
    receiver: Receiver, around: Surroundings
) -> None:
    told(receiver, around, failed_run())
    spans = spans_of(receiver)
    step = spans["train"]
    assert step.status.code == Status.STATUS_CODE_ERROR
    assert step.status.message == "KeyError: 'age'"
    assert attributes(step)["nbrelease.cell"] == 4
    assert attributes(step)["nbrelease.line"] == 2
    assert attributes(step)["error.type"] == "KeyError"
    assert attributes(step.events[0])["exception.message"] == "'age'"
    assert spans["RUN churn"].status.code == Status.STATUS_CODE_ERROR


def test_figures_are_sent_with_the_end_of_a_run(receiver: Receiver, around: Surroundings) -> None:
    told(receiver, around, good_run())
    metrics = metrics_of(receiver)
    assert metrics["nbrelease.step.duration"].histogram.data_points[0].sum == 2.0
    assert metrics["nbrelease.run.duration"].histogram.data_points[0].sum == 4.0
    assert metrics["nbrelease.metric"].gauge.data_points[0].as_double == 0.8
    assert metrics["nbrelease.drift"].gauge.data_points[0].as_double == 0.3
    assert metrics["nbrelease.contract.violations"].gauge.data_points[0].as_int == 1
    assert metrics["nbrelease.rows"].gauge.data_points[0].as_int == 100


def test_what_did_not_end_is_sent_at_the_close(receiver: Receiver, around: Surroundings) -> None:
    told(receiver, around, failed_run()[:2])
    assert set(spans_of(receiver)) == {"RUN churn", "train"}


def test_events_that_were_dropped_leave_no_gap(receiver: Receiver, around: Surroundings) -> None:
    told(receiver, around, good_run()[6:])
    step = spans_of(receiver)["train"]
    assert (step.end_time_unix_nano - step.start_time_unix_nano) == 2_000_000_000


def test_a_run_joins_the_trace_that_started_it(receiver: Receiver, around: Surroundings) -> None:
    above = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    around.environ["TRACEPARENT"] = above  # type: ignore[index] # a dict here
    told(receiver, around, good_run())
    assert spans_of(receiver)["RUN churn"].trace_id.hex() == "0af7651916cd43dd8448eb211c80319c"


def test_headers_come_from_a_variable(receiver: Receiver, around: Surroundings) -> None:
    around.environ["OTLP"] = "x-team=blue, authorization=Bearer a=b"  # type: ignore[index] # a dict here
    told(receiver, around, good_run(), headers_env="OTLP")
    assert {request.headers["x-team"] for request in receiver.requests} == {"blue"}
    assert receiver.requests[0].headers["authorization"] == "Bearer a=b"


def test_a_refused_export_is_told_and_nothing_is_logged(
    receiver: Receiver, around: Surroundings, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.answers = [(401, {})] * 9
    with caplog.at_level(logging.DEBUG), pytest.raises(SinkFailed, match="401") as failed:
        told(receiver, around, good_run())
    assert failed.value.kind == "export"
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_an_exporter_that_is_not_installed_is_named(
    receiver: Receiver, around: Surroundings
) -> None:
    with pytest.raises(SinkFailed, match="no exporter of traces is called 'zipkin'") as failed:
        told(receiver, around, good_run(), exporter="zipkin")
    assert "console" in failed.value.hint


PRINTED = """
import sys
from pathlib import Path
from lifecycle_core.adapters.sinks.base import surroundings
from lifecycle_core.adapters.sinks.telemetry import TelemetryOptions
from tests.fakes.events import failed_run
around = surroundings(project=Path(), home=Path(), registry="http://r:5000")
sink = TelemetryOptions(kind="opentelemetry", exporter="console").sink(around)
for event in failed_run():
    sink.take(event)
sink.close()
"""


def test_any_installed_exporter_can_be_named() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PRINTED], capture_output=True, text=True, check=True
    )
    assert '"name": "RUN churn"' in ended.stdout
    assert "nbrelease.run.duration" in ended.stdout
    assert ended.stderr == ""


def test_a_missing_library_names_the_extra(
    receiver: Receiver, around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.metrics", None)
    with pytest.raises(MissingExtra) as failed:
        told(receiver, around, good_run())
    assert failed.value.hint == "pip install 'nbrelease[monitoring]'"
