"""The report that `%reproduce` gives back, with a reproduction that is moved on by hand."""

from __future__ import annotations

from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import nbext.live
from lifecycle_core.adapters.live_notebook import Located
from lifecycle_core.errors import InvalidCall, NoAnswer, NotebookInvalid
from nbext.report import Report
from tests.fakes import records
from tests.fakes.background import FakeBackground

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from tests.fakes.verbs import FakeVerbs

LOCATED = Located(Path("churn.ipynb"), "found through Jupyter's server")


@pytest.fixture
def background() -> FakeBackground:
    return FakeBackground()


@pytest.fixture
def report(shell: InteractiveShell, background: FakeBackground) -> Report:
    """A report whose reproduction is under way, as in a kernel."""
    shell.kernel = None
    background.answers = False
    return Report(shell, LOCATED, background).start()


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What was displayed and updated, in order, where nobody sees widgets."""
    seen: list[dict[str, Any]] = []

    def note(bundle: dict[str, str], *, display_id: str, raw: bool) -> None:
        assert raw
        seen.append({**bundle, "id": display_id})

    monkeypatch.setattr(nbext.live, "display", note)
    monkeypatch.setattr(nbext.live, "update_display", note)
    monkeypatch.setattr(nbext.live, "can_show_widgets", lambda _: False)
    return seen


def test_it_comes_back_at_once(report: Report) -> None:
    assert (report.done, report.record) == (False, None)
    assert repr(report) == "<Report on churn.ipynb: Starting>"


def test_in_a_terminal_it_waits(shell: InteractiveShell, background: FakeBackground) -> None:
    made = Report(shell, LOCATED, background).start()
    assert made.record == records.reproduction()
    assert "within tolerance" in repr(made)


def test_it_fills(report: Report, background: FakeBackground) -> None:
    background.move(activity="Running the notebook", done=1, total=3, label="x = 1")
    assert repr(report) == "<Report on churn.ipynb: cell 2 of 3>"
    background.move(phase="done", record=records.reproduction(good=False))
    assert report.done
    assert report.wait() == report.record == records.reproduction(good=False)
    assert report.diff(3).detail == "line 2: got 17, stored 42"


def test_a_cell_that_is_not_there_is_an_error(report: Report, background: FakeBackground) -> None:
    background.move(phase="done", record=records.reproduction())
    with pytest.raises(InvalidCall, match=r"There is no code cell 7 in churn\.ipynb") as caught:
        report.diff(7)
    assert caught.value.hint == "Code cells: 1, 2."


def test_lost_code_comes_back(
    report: Report, background: FakeBackground, shell: InteractiveShell
) -> None:
    background.move(phase="done", record=records.compared_with_session())
    assert report.source(4) == "threshold = 0.3"
    put: list[str] = []
    shell.set_next_input = put.append
    report.restore(4)
    assert put == ["threshold = 0.3"]
    with pytest.raises(InvalidCall, match=r"Nothing that ran as \[9\] is missing") as caught:
        report.source(9)
    assert caught.value.hint == "Missing: [4], [6]."


def test_stopping_ends_it(report: Report, background: FakeBackground) -> None:
    report.stop()
    assert background.stopped
    with pytest.raises(NoAnswer, match="was stopped"):
        report.wait()


def test_waiting_has_an_end(report: Report) -> None:
    with pytest.raises(NoAnswer, match=r"takes longer than 0\.01 s"):
        report.wait(0.01)


def test_an_error_of_the_notebook_is_raised(report: Report, background: FakeBackground) -> None:
    background.move(phase="failed", error=NotebookInvalid("It is broken.", path="a.ipynb"))
    with pytest.raises(NotebookInvalid, match=r"It is broken\."):
        report.wait()


def test_it_is_one_display_that_is_written_anew(
    report: Report, background: FakeBackground, shown: list[dict[str, Any]]
) -> None:
    nbext.live.show(report)
    background.move(activity="Running <it>", done=1, total=3, label="x < 1")
    background.move(phase="done", record=records.reproduction())
    nbext.live.show(report)
    assert len({seen["id"] for seen in shown}) == 1
    assert len(report.listeners) == 1
    assert "x &lt; 1" in shown[1]["text/html"]
    assert shown[-1] == shown[-2]
    assert 'aria-label="Reproduction"' in shown[-1]["text/html"]


def test_without_a_panel_it_says_which_file_runs_and_how_to_end_it(
    report: Report, shown: list[dict[str, Any]]
) -> None:
    nbext.live.show(report)
    html = unescape(shown[-1]["text/html"])
    assert f"{report.located.path.name} as last saved, {report.located.how}." in html
    assert "%reproduce --stop ends it." in html


def test_without_a_panel_it_says_that_it_was_stopped(
    report: Report, background: FakeBackground, shown: list[dict[str, Any]]
) -> None:
    nbext.live.show(report)
    background.move(phase="stopped")
    assert "The reproduction was stopped. %reproduce starts it again." in shown[-1]["text/html"]
    assert "<progress" not in shown[-1]["text/html"]


def test_after_the_last_cell_it_counts_no_further(
    report: Report, background: FakeBackground, shown: list[dict[str, Any]]
) -> None:
    background.move(activity="Running the notebook", done=3, total=3, label="")
    nbext.live.show(report)
    assert "3 cells" in shown[-1]["text/html"]
    assert "cell 4" not in shown[-1]["text/html"]


def test_an_error_shows_in_two_lines(
    report: Report, background: FakeBackground, shown: list[dict[str, Any]]
) -> None:
    nbext.live.show(report)
    background.move(phase="failed", error=InvalidCall("No.", hint="Yes."))
    assert shown[-1]["text/plain"] == "InvalidCall: No.\nHint: Yes."


def test_the_shell_shows_it(report: Report, shell: InteractiveShell) -> None:
    assert shell.display_formatter.format(report) == ({}, {})
    assert len(report.listeners) == 1


def test_a_second_reproduction_ends_the_first(
    shell: InteractiveShell, verbs: FakeVerbs, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.kernel = None
    first = shell.run_line_magic("reproduce", "a.ipynb --rtol 0.01")
    begun = verbs.background
    assert {key: verbs.calls[0][1][key] for key in ("notebook", "rtol")} == {
        "notebook": Path("a.ipynb"),
        "rtol": 0.01,
    }
    shell.run_line_magic("reproduce", "a.ipynb")
    assert (begun.stopped, first.standing.phase) == (True, "stopped")
    assert shell.run_line_magic("reproduce", "--stop") is None
    assert verbs.background.stopped
    shell.run_cell("%reproduce --stop")
    assert "InvalidCall: No reproduction is under way." in capsys.readouterr().out


def test_an_interrupt_while_it_waits_ends_the_run(
    shell: InteractiveShell, background: FakeBackground, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: float | None = None) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(background, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Report(shell, LOCATED, background).start(wait=True)
    assert background.stopped
