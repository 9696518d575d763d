"""What the pipeline panel is told, and the one thing it may say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import nbext.live
import nbext.panels
from lifecycle_core.adapters.live_notebook import Located
from lifecycle_core.errors import StoreUnavailable
from lifecycle_core.schema.event import StepStarted
from nbext.pipeline_work import PipelineWork
from nbext.widgets.pipeline import PipelinePanel
from tests.fakes import pipeline_runs
from tests.fakes.background import FakeBackground

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def background() -> FakeBackground:
    return FakeBackground(pipeline_runs.run())


@pytest.fixture
def work(shell: InteractiveShell, background: FakeBackground) -> PipelineWork:
    shell.kernel = None
    located = Located(Path("churn.ipynb"), "named by you")
    folder = Path("pipelines/churn")
    return PipelineWork(shell, located, background, pipeline_runs.overview(), folder).start()


@pytest.fixture
def panel(work: PipelineWork) -> PipelinePanel:
    made = PipelinePanel(work.overview, work)
    work.listeners.append(made.show)
    return made


def test_it_holds_what_is_behind_each_box(panel: PipelinePanel) -> None:
    assert list(panel.steps) == ["load_data", "train", "evaluate"]
    load = panel.steps["load_data"]
    assert load["code"].startswith("def load_data(")
    assert load["cells"] == [{"index": 1, "source": "customers = pd.read_csv(data)"}]
    assert load["outputs"][0]["short"] == "1"
    assert load["printed"] == "rows <200>\n"
    assert load["drawn"]["figures"][0]["title"] == "Tenure by churn"
    assert panel.state["steps"]["train"]["why"] == ["parameter seed: 7 -> 8"]


def test_it_shows_each_event_without_what_stays(
    panel: PipelinePanel, background: FakeBackground
) -> None:
    inside = panel.steps
    event = StepStarted(run="r", pipeline="churn", at="", step="train", why=("code",))
    background.move(event=event)
    assert panel.state["steps"]["train"]["status"] == "running"
    assert (panel.state["phase"], panel.state["done"], panel.state["total"]) == ("running", 2, 3)
    assert "running" in panel.html
    assert panel.steps == inside


def test_it_shows_the_end(panel: PipelinePanel, background: FakeBackground) -> None:
    background.move(phase="done", record=pipeline_runs.run(good=False))
    train = panel.state["steps"]["train"]
    assert (train["status"], train["cell"], train["line"]) == ("failed", 4, 2)
    assert "Input y contains NaN" in panel.steps["train"]["trace"]


def test_it_shows_an_error(panel: PipelinePanel, background: FakeBackground) -> None:
    error = StoreUnavailable("It is away.", address="s3://b", hint="Look.")
    background.move(phase="failed", error=error)
    assert (panel.state["phase"], panel.state["fact"], panel.state["hint"]) == (
        "failed", "It is away.", "Look.",
    )  # fmt: skip


def test_a_click_stops_it(panel: PipelinePanel, background: FakeBackground) -> None:
    panel._receive(None, {"act": "stop"}, [])
    assert background.stopped


@pytest.mark.parametrize("content", [{"act": "run"}, {"act": "stop", "more": 1}, "stop", None])
def test_anything_else_does_nothing(
    panel: PipelinePanel, background: FakeBackground, content: object
) -> None:
    panel._receive(None, content, [])
    assert not background.stopped


def test_without_a_run_there_is_nothing_to_stop() -> None:
    panel = PipelinePanel(pipeline_runs.overview())
    panel._receive(None, {"act": "stop"}, [])
    assert (panel.state["phase"], repr(panel)) == ("shown", "PipelinePanel('churn')")
    assert set(panel.view()) == {VIEW}


def test_who_sees_no_widgets_sees_the_picture(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = pipeline_runs.overview()
    shown, _ = shell.display_formatter.format(record)
    assert set(shown) == {"text/plain", "text/html"}
    assert "<svg" in shown["text/html"]
    monkeypatch.setattr(nbext.panels, "can_show_widgets", lambda _: True)
    shown, _ = shell.display_formatter.format(record)
    assert set(shown) == {"text/plain", "text/html", VIEW}


def test_a_run_shows_as_a_panel(work: PipelineWork, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nbext.live, "can_show_widgets", lambda _: True)
    assert set(nbext.live.Live(work).bundle(work)) == {"text/plain", "text/html", VIEW}
