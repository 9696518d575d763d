from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import ValidationError

from lifecycle_core.adapters.sinks.prometheus import PrometheusOptions
from lifecycle_core.errors import SinkFailed
from tests.fakes.events import failed_run, good_run

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.adapters.sinks import Surroundings
    from lifecycle_core.schema.event import Event
    from tests.fakes.receiving import Receiver

SUCCESS = "nbrelease_run_last_success_timestamp_seconds"


def told(options: PrometheusOptions, around: Surroundings, events: list[Event]) -> None:
    sink = options.sink(around)
    for event in events:
        sink.take(event)
    sink.close()


def figures(text: str) -> dict[str, dict[frozenset[tuple[str, str]], float]]:
    return {
        family.name: {frozenset(sample.labels.items()): sample.value for sample in family.samples}
        for family in text_string_to_metric_families(text)
    }


def only(values: dict[frozenset[tuple[str, str]], float]) -> float:
    (value,) = values.values()
    return value


def test_a_text_file_for_each_pipeline(around: Surroundings, tmp_path: Path) -> None:
    options = PrometheusOptions.model_validate({"kind": "prometheus", "textfile": "collected"})
    told(options, around, good_run())
    assert [path.name for path in (tmp_path / "collected").iterdir()] == ["nbrelease_churn.prom"]
    found = figures((tmp_path / "collected" / "nbrelease_churn.prom").read_text())
    assert only(found["nbrelease_run_success"]) == 1
    assert only(found[SUCCESS]) == 1769860804
    duration = {frozenset({("pipeline", "churn"), ("step", "train")}): 2.0}
    assert found["nbrelease_step_duration_seconds"] == duration
    assert only(found["nbrelease_metric"]) == 0.8
    assert only(found["nbrelease_drift"]) == 0.3
    assert only(found["nbrelease_contract_violations"]) == 1
    assert only(found["nbrelease_rows"]) == 100
    assert only(found["nbrelease_step_peak_bytes"]) == 1_000


def test_a_failed_run_keeps_the_time_of_the_last_success(
    around: Surroundings, tmp_path: Path
) -> None:
    options = PrometheusOptions.model_validate({"kind": "prometheus", "textfile": "."})
    told(options, around, good_run())
    told(options, around, failed_run())
    told(options, around, failed_run())
    found = figures((tmp_path / "nbrelease_churn.prom").read_text())
    assert only(found["nbrelease_run_success"]) == 0
    assert only(found["nbrelease_step_success"]) == 0
    assert only(found[SUCCESS]) == 1769860804


def test_a_damaged_text_file_is_replaced(around: Surroundings, tmp_path: Path) -> None:
    (tmp_path / "nbrelease_churn.prom").write_text("what {is this")
    options = PrometheusOptions.model_validate({"kind": "prometheus", "textfile": "."})
    told(options, around, failed_run())
    found = figures((tmp_path / "nbrelease_churn.prom").read_text())
    assert only(found["nbrelease_run_success"]) == 0
    assert SUCCESS not in found


def test_a_pushgateway_gets_the_figures_of_the_run(
    receiver: Receiver, around: Surroundings
) -> None:
    around.environ["PUSH_PASSWORD"] = "s3cret"  # type: ignore[index] # a dict here
    options = PrometheusOptions(
        kind="prometheus", pushgateway=receiver.url, username="ann", password_env="PUSH_PASSWORD"
    )
    told(options, around, good_run())
    (request,) = receiver.requests
    assert (request.method, request.path) == ("POST", "/metrics/job/nbrelease/pipeline/churn")
    assert base64.b64decode(request.headers["authorization"].split()[1]) == b"ann:s3cret"
    assert only(figures(request.body.decode())["nbrelease_run_success"]) == 1


def test_a_pushgateway_that_refuses_is_told(receiver: Receiver, around: Surroundings) -> None:
    receiver.answers = [(503, {})]
    options = PrometheusOptions(kind="prometheus", pushgateway=receiver.url)
    with pytest.raises(SinkFailed, match=re.escape(f"{receiver.url} answered 503")) as failed:
        told(options, around, good_run())
    assert failed.value.kind == "503"


def test_a_pushgateway_that_is_away_is_told(around: Surroundings) -> None:
    options = PrometheusOptions(kind="prometheus", pushgateway="http://127.0.0.1:9")
    with pytest.raises(SinkFailed, match="does not answer"):
        told(options, around, good_run())


def test_no_run_that_did_not_end_is_written(around: Surroundings, tmp_path: Path) -> None:
    options = PrometheusOptions.model_validate({"kind": "prometheus", "textfile": "."})
    told(options, around, good_run()[:-1])
    assert list(tmp_path.iterdir()) == []


def test_a_password_does_not_travel_in_the_clear() -> None:
    with pytest.raises(ValidationError, match="plain http"):
        PrometheusOptions(
            kind="prometheus", pushgateway="http://push.example.com", password_env="PUSH_PASSWORD"
        )


def test_it_needs_a_place() -> None:
    with pytest.raises(ValidationError, match="`textfile` or `pushgateway`"):
        PrometheusOptions(kind="prometheus")
