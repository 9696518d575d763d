"""What the panel is told, and the one thing it may say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.live_notebook import Located
from lifecycle_core.errors import NotebookInvalid
from nbext.report import Report
from nbext.widgets.reproduction import ReproductionPanel
from tests.fakes import records
from tests.fakes.background import FakeBackground

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


@pytest.fixture
def background() -> FakeBackground:
    return FakeBackground()


@pytest.fixture
def report(shell: InteractiveShell, background: FakeBackground) -> Report:
    shell.kernel = None
    located = Located(Path("churn.ipynb"), "named by you")
    return Report(shell, located, background).start()


@pytest.fixture
def panel(report: Report) -> ReproductionPanel:
    made = ReproductionPanel(report)
    report.listeners.append(made.show)
    return made


def test_it_shows_each_cell(panel: ReproductionPanel, background: FakeBackground) -> None:
    background.move(activity="Running the notebook", done=1, total=3, label="x < 1")
    told = {key: panel.state[key] for key in ("notebook", "how", "phase", "done", "total", "label")}
    assert told == {
        "notebook": "churn.ipynb", "how": "named by you", "phase": "running", "done": 1,
        "total": 3, "label": "x < 1",
    }  # fmt: skip


def test_it_shows_the_record_and_the_lost_code(
    panel: ReproductionPanel, background: FakeBackground
) -> None:
    background.move(phase="done", record=records.compared_with_session())
    assert 'data-lost="4"' in panel.state["html"]
    assert panel.state["lost"][0] == {"count": 4, "source": "threshold = 0.3"}


def test_it_shows_an_error(panel: ReproductionPanel, background: FakeBackground) -> None:
    error = NotebookInvalid("It is broken.", path="a.ipynb", hint="Mend it.")
    background.move(phase="failed", error=error)
    assert (panel.state["fact"], panel.state["hint"]) == ("It is broken.", "Mend it.")


def test_a_click_stops_it(panel: ReproductionPanel, background: FakeBackground) -> None:
    panel._receive(None, {"act": "stop"}, [])
    assert background.stopped


@pytest.mark.parametrize("content", [{"act": "start"}, {"act": "stop", "more": 1}, "stop", None])
def test_anything_else_does_nothing(
    panel: ReproductionPanel, background: FakeBackground, content: object
) -> None:
    panel._receive(None, content, [])
    assert not background.stopped


def test_it_says_which_notebook_it_is_about(panel: ReproductionPanel) -> None:
    assert repr(panel) == "ReproductionPanel('churn.ipynb')"
    assert set(panel.view()) == {"application/vnd.jupyter.widget-view+json"}
