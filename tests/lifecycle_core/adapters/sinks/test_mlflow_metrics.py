"""Real MLflow on a real SQLite file, spoken to by the sink's own process."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_core.adapters.registry import MlflowRegistry
from lifecycle_core.adapters.registry.session import session
from lifecycle_core.adapters.sinks.mlflow_metrics import MlflowMetrics, MlflowOptions
from lifecycle_core.errors import InvalidCall, SinkFailed
from tests.fakes.events import failed_run, good_run

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.adapters.sinks import Surroundings
    from lifecycle_core.schema.event import Event


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One new registry, made once: MLflow needs seconds for it."""
    folder = tmp_path_factory.mktemp("registry")
    MlflowRegistry(f"sqlite:///{folder / 'registry.db'}", folder / "artifacts").create()
    return folder / "registry.db"


@pytest.fixture
def here(empty_file: Path, around: Surroundings) -> Surroundings:
    around.home.mkdir()
    shutil.copy(empty_file, around.home / "registry.db")
    return around


def sink_of(around: Surroundings, **options: str) -> MlflowMetrics:
    sink = MlflowOptions.model_validate({"kind": "mlflow", **options}).sink(around)
    assert isinstance(sink, MlflowMetrics)
    return sink


def told(around: Surroundings, *events: Event, **options: str) -> None:
    sink = sink_of(around, **options)
    for event in events:
        sink.take(event)
    sink.close()


def runs_of(around: Surroundings, experiment: str = "churn") -> list[Any]:
    with session(around.registry) as client:
        found = client.get_experiment_by_name(experiment)
        return list(client.search_runs([found.experiment_id]))


def test_a_pipeline_run_is_one_mlflow_run(here: Surroundings) -> None:
    before = dict(os.environ)
    sink = sink_of(here)
    for event in good_run():
        sink.take(event)
        assert dict(os.environ) == before  # MLflow is set up by variables, in another process
    sink.close()
    (run,) = runs_of(here)
    assert run.info.status == "FINISHED"
    assert run.info.run_name == "run-1"
    assert (run.info.end_time - run.info.start_time) == 4_000
    assert run.data.params == {"seed": "7"}
    assert run.data.metrics == {
        "auc": 0.8,
        "drift/train.X.a_b": 0.3,
        "seconds": 4.0,
        "seconds/train": 2.0,
        "rows/train.X.in": 100.0,
        "violations/train.X": 1.0,
        "cpu_seconds/train": 1.5,
        "peak_bytes/train": 1000.0,
    }
    assert run.info.artifact_uri.startswith(here.home.as_uri())


def test_a_failed_run_says_where(here: Surroundings) -> None:
    told(here, *failed_run(), experiment="all pipelines")
    (run,) = runs_of(here, "all pipelines")
    assert run.info.status == "FAILED"
    assert run.data.tags["nbrelease.failed.train"] == "cell 4, line 2: KeyError: 'age'"


def test_two_runs_at_once_stay_apart_and_an_unended_one_is_killed(here: Surroundings) -> None:
    mixed = [event for pair in zip(good_run("a"), good_run("b"), strict=True) for event in pair]
    told(here, *mixed[:-1])
    found = {run.info.run_name: run for run in runs_of(here)}
    assert found["a"].info.status == "FINISHED"
    assert found["b"].info.status == "KILLED"
    assert found["b"].data.metrics["auc"] == 0.8


def test_a_run_goes_on_after_the_process_died(here: Surroundings) -> None:
    sink = sink_of(here)
    first, *others = good_run()
    sink.take(first)
    assert sink._process is not None
    sink._process.kill()
    failures = []
    for event in others:
        try:
            sink.take(event)
        except SinkFailed as error:
            failures.append(str(error))
    assert len(failures) == 1
    assert "exit code -9" in failures[0]
    sink.close()
    (run,) = runs_of(here)
    assert run.info.status == "FINISHED"
    assert run.data.metrics["auc"] == 0.8


def test_a_registry_that_is_not_made_yet_is_made(around: Surroundings) -> None:
    told(around, *good_run())
    assert len(runs_of(around)) == 1


def test_a_server_that_is_away_is_told_without_its_password(around: Surroundings) -> None:
    away = "http://ann:s3cret@127.0.0.1:9"
    sink = sink_of(around, tracking=away)
    with pytest.raises(SinkFailed, match="does not answer") as failed:
        sink.take(good_run()[0])
    assert failed.value.kind == "RegistryUnavailable"
    assert "s3cret" not in str(failed.value)
    with pytest.raises(SinkFailed):
        sink.close()


def test_an_address_that_is_none_is_refused_before_a_run(around: Surroundings) -> None:
    with pytest.raises(InvalidCall, match="must be an MLflow server or a SQLite file"):
        sink_of(around, tracking="file:///tmp/mlruns")
