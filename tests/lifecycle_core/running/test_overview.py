"""A pipeline to look at: before a run, while one goes on, after it, and without its notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from lifecycle_core.adapters.pipeline_packages import find_package, packages_of
from lifecycle_core.adapters.workspace import read_notebook
from lifecycle_core.errors import InvalidCall
from lifecycle_core.running import ended, followed, interrupted, overview
from lifecycle_core.schema.event import StepSkipped
from lifecycle_core.verbs import pipeline_of
from tests.fakes.bench import Bench
from tests.fakes.pipelines import MadeStep, churn, write_package
from tests.notebook_files import write_notebook

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.adapters.store import Store
    from lifecycle_core.schema.pipeline_overview import PipelineOverview


@pytest.fixture
def bench(home: Path, store: Store) -> Bench:
    return Bench(churn(home), store)


def statuses(seen: PipelineOverview) -> set[str]:
    return {step.status for step in seen.steps}


def seen_now(bench: Bench, **parameters: object) -> PipelineOverview:
    return overview(find_package(bench.folder), bench.show(**parameters))


def test_events_and_the_record_say_the_same(bench: Bench) -> None:
    before = seen_now(bench)
    assert statuses(before) == {"stale"}
    assert all(f"def {step.name}(" in step.code for step in before.steps)
    made = bench.run()
    told = before
    for event in bench.events:
        told = followed(told, event)
    assert statuses(told) == {"ran"}
    after = ended(before, made)
    for one, other in zip(told.steps, after.steps, strict=True):
        assert (one.status, one.why, one.seconds, one.bytes) == (
            other.status, other.why, other.seconds, other.bytes,
        )  # fmt: skip
    assert all(output.digest for step in after.steps for output in step.outputs)
    assert statuses(seen_now(bench)) == {"fresh"}


def test_a_run_passes_through_waiting_and_running(bench: Bench) -> None:
    bench.run()
    told, seen = seen_now(bench), []
    for event in bench.events:
        told = followed(told, event)
        seen.append(statuses(told))
    assert seen[0] == {"waiting"}
    assert any("running" in each for each in seen)


def test_a_run_that_was_stopped_leaves_nothing_running(bench: Bench) -> None:
    bench.run()
    told = seen_now(bench)
    for event in bench.events[:3]:
        told = followed(told, event)
    assert not statuses(interrupted(told)) & {"waiting", "running"}


def test_what_failed_says_where(tmp_path: Path, bench: Bench) -> None:
    folder = write_package(
        tmp_path / "b", "bad", [MadeStep(name="load", body="x = 1\nx / 0", outputs=("x",))]
    )
    bench.folder = folder
    made = bench.run()
    told = before = seen_now(bench)
    for event in bench.events:
        told = followed(told, event)
    after = ended(before, made)
    for seen in (told, after):
        (step,) = seen.steps
        assert (step.status, step.cell, step.line) == ("failed", 1, 2)
        assert "ZeroDivisionError" in step.error
    assert "ZeroDivisionError" in after.steps[0].trace


def test_a_step_behind_a_failed_one_is_not_run(bench: Bench) -> None:
    seen = seen_now(bench)
    skipped = StepSkipped(
        run="r", pipeline="churn", at="", step=seen.steps[-1].name, reason="not_run"
    )
    assert followed(seen, skipped).steps[-1].status == "not_run"


@pytest.fixture
def compiled(tmp_path: Path) -> Path:
    """A notebook with a package that was compiled from it as it is."""
    folder = churn(tmp_path)
    sources = [f"# cell {n}" for n in range(6)]
    notebook = write_notebook(tmp_path / "churn.ipynb", *sources)
    record = folder / "pipeline.yaml"
    content = yaml.safe_load(record.read_text())
    content["source_digest"] = read_notebook(notebook).digest
    record.write_text(yaml.safe_dump(content))
    return notebook


def look(notebook: Path, bench: Bench) -> PipelineOverview:
    (package,) = packages_of(notebook)
    bench.folder = package.folder
    return seen_now(bench)


def test_the_notebooks_cells_are_shown_as_long_as_it_is_the_same(
    compiled: Path, bench: Bench
) -> None:
    seen = look(compiled, bench)
    assert seen.compiled_from == "same"
    assert seen.steps[0].cells[0].source == "# cell 1"


def test_our_own_magics_at_the_end_change_nothing(compiled: Path, bench: Bench) -> None:
    write_notebook(compiled, *(f"# cell {n}" for n in range(6)), "%pipeline", "%pipeline run")
    assert look(compiled, bench).compiled_from == "same"


def test_a_notebook_that_changed_or_is_gone_is_said_to_be(compiled: Path, bench: Bench) -> None:
    write_notebook(compiled, "x = 1")
    seen = look(compiled, bench)
    assert (seen.compiled_from, seen.steps[0].cells) == ("changed", ())
    compiled.write_text("{")
    assert look(compiled, bench).compiled_from == "changed"
    compiled.unlink()
    assert seen_now(bench).compiled_from == "gone"


def test_the_pipeline_of_a_notebook_is_found(compiled: Path, tmp_path: Path) -> None:
    assert pipeline_of(compiled) == tmp_path / "pipelines" / "churn"
    assert pipeline_of(tmp_path / "other.ipynb") is None
    with pytest.raises(InvalidCall, match=r"churn\.ipynb has no pipeline `other`") as caught:
        pipeline_of(compiled, "other")
    assert caught.value.hint == "It has: churn."


def test_of_several_pipelines_one_is_to_be_named(compiled: Path, tmp_path: Path) -> None:
    second = tmp_path / "pipelines" / "second"
    second.mkdir()
    record = yaml.safe_load((tmp_path / "pipelines/churn/pipeline.yaml").read_text())
    (second / "pipeline.yaml").write_text(yaml.safe_dump({**record, "name": "second"}))
    with pytest.raises(InvalidCall, match="has several pipelines") as caught:
        pipeline_of(compiled)
    assert caught.value.hint == "It has: churn, second. Use --name."
    assert pipeline_of(compiled, "second") == second
