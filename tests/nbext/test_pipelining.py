"""`%pipeline`: what each of its words does, with work that is moved on by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import nbext.live
from lifecycle_core.adapters.live_notebook import Located
from lifecycle_core.errors import InvalidCall, NoAnswer, StoreUnavailable
from lifecycle_core.schema.event import RunStarted, StepFinished, StepStarted
from tests.fakes import compilations, pipeline_runs
from tests.nbext.shells import completed, fresh_shell, snapshot

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from nbext.pipeline_work import PipelineWork
    from tests.fakes.verbs import FakeVerbs

HEAD: dict[str, Any] = {"run": "r1", "pipeline": "churn", "at": "2026-11-23T18:04:05.000000+00:00"}
STARTED = RunStarted(**HEAD, parameters={"seed": 8}, steps=("load_data", "train", "evaluate"))


@pytest.fixture
def kernel(shell: InteractiveShell, verbs: FakeVerbs) -> InteractiveShell:
    """A shell as in a kernel, in a notebook that has a pipeline."""
    shell.kernel = None
    verbs.located = Located(Path("churn.ipynb"), "found through Jupyter's server")
    return shell


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
    monkeypatch.setattr(nbext.live, "_EVERY", 0.0)
    return seen


def begun(kernel: InteractiveShell, verbs: FakeVerbs, line: str = "run") -> PipelineWork:
    """Start a run that ends only when it is moved on."""
    work: PipelineWork = kernel.run_line_magic("pipeline", line)
    verbs.background.answers = False
    return work


@pytest.mark.parametrize("line", ["", "show"])
def test_it_shows_the_pipeline(kernel: InteractiveShell, verbs: FakeVerbs, line: str) -> None:
    assert kernel.run_line_magic("pipeline", line) == pipeline_runs.overview()
    asked = {"folder": Path("pipelines/churn"), "parameters": {}}
    assert verbs.calls[-1] == ("pipeline_overview", asked)


def test_a_notebook_without_pipeline_is_told_what_to_do(
    kernel: InteractiveShell, verbs: FakeVerbs
) -> None:
    verbs.located = Located(Path("other.ipynb"), "named by you")
    with pytest.raises(InvalidCall, match=r"other\.ipynb is not compiled") as caught:
        kernel.run_line_magic("pipeline", "")
    assert "%pipeline compile" in caught.value.hint


def test_compiling_comes_back_at_once(kernel: InteractiveShell, verbs: FakeVerbs) -> None:
    work = kernel.run_line_magic("pipeline", "compile --name telco")
    said = {"notebook": Path("churn.ipynb"), "name": "telco", "out": None, "rtol": None}
    assert verbs.calls[-1] == ("compile_meanwhile", said)
    assert (work.done, repr(work)) == (False, "<CompilationWork on churn.ipynb: Starting>")
    assert work.wait() == compilations.compiled()


def test_compiling_again_keeps_name_and_place(kernel: InteractiveShell, verbs: FakeVerbs) -> None:
    kernel.run_line_magic("pipeline", "compile")
    said = {
        "notebook": Path("churn.ipynb"), "name": "churn", "out": Path("pipelines"), "rtol": None,
    }  # fmt: skip
    assert verbs.calls[-1] == ("compile_meanwhile", said)


def test_a_run_is_followed_event_by_event(kernel: InteractiveShell, verbs: FakeVerbs) -> None:
    work = begun(kernel, verbs, "run --param seed=8 --param data=new.csv")
    said = {"folder": "pipelines/churn", "parameters": {"seed": 8, "data": "new.csv"}}
    said["scheduler"] = "processes"
    assert verbs.calls[-1] == ("run_meanwhile", said)
    verbs.background.move(event=STARTED)
    assert {step.status for step in work.overview.steps} == {"waiting"}
    verbs.background.move(event=StepStarted(**HEAD, step="train", why=("code changed",)))
    assert work.overview.steps[1].status == "running"
    verbs.background.move(event=StepFinished(**HEAD, step="train", seconds=2.0, bytes=7))
    assert (work.overview.steps[1].status, work.overview.steps[1].bytes) == ("ran", 7)
    verbs.background.move(phase="done", record=pipeline_runs.run())
    assert [step.status for step in work.overview.steps] == ["fresh", "ran", "ran"]
    assert work.record == pipeline_runs.run()


def test_several_runs_come_back_at_once_and_show_as_a_table(
    kernel: InteractiveShell, verbs: FakeVerbs, shown: list[dict[str, Any]]
) -> None:
    line = "run --for-each seed=7,8,9 --for-each C=1,0.5 --param data=new.csv --scheduler threads"
    work = kernel.run_line_magic("pipeline", line)
    asked = [call for name, call in verbs.calls if name == "pipeline_overview"]
    assert asked[-1]["parameters"] == {"data": "new.csv", "seed": 7, "C": 1}
    assert verbs.calls[-1:] == [
        (
            "run_each_meanwhile",
            {
                "folder": "pipelines/churn",
                "for_each": {"seed": [7, 8, 9], "C": [1, 0.5]},
                "parameters": {"data": "new.csv"},
                "scheduler": "threads",
            },
        )
    ]
    assert not work.done
    kernel.display_formatter.format(work)
    verbs.background.move(activity="load_data", event=None)
    verbs.background.move(phase="done", record=pipeline_runs.several())
    assert "load_data" in shown[1]["text/plain"]
    assert "3 runs" in shown[-1]["text/plain"]
    assert "<table" in shown[-1]["text/html"]
    assert work.variables("auc") == [{"auc": "value of auc"}] * 3
    assert verbs.calls[-1][1]["package"] == Path("pipelines/churn")


def test_a_run_may_go_to_a_cluster(kernel: InteractiveShell, verbs: FakeVerbs) -> None:
    begun(kernel, verbs, "run --scheduler tcp://host:8786")
    assert verbs.calls[-1][1]["scheduler"] == "tcp://host:8786"


def test_a_tolerance_goes_to_the_compiler(kernel: InteractiveShell, verbs: FakeVerbs) -> None:
    kernel.run_line_magic("pipeline", "compile --rtol 1e-9")
    assert verbs.calls[-1][1]["rtol"] == 1e-9


def test_a_run_shows_as_one_display(
    kernel: InteractiveShell, verbs: FakeVerbs, shown: list[dict[str, Any]]
) -> None:
    work = begun(kernel, verbs)
    kernel.display_formatter.format(work)
    verbs.background.move(event=STARTED)
    verbs.background.move(phase="done", record=pipeline_runs.run())
    assert len({seen["id"] for seen in shown}) == 1
    assert "waiting" in shown[1]["text/html"]
    assert "<svg" in shown[-1]["text/html"]
    assert "2 ran" in shown[-1]["text/plain"]


def test_compiling_shows_a_bar_then_the_steps(
    kernel: InteractiveShell, verbs: FakeVerbs, shown: list[dict[str, Any]]
) -> None:
    kernel.display_formatter.format(kernel.run_line_magic("pipeline", "compile"))
    verbs.background.move(activity="Running <it>", done=1, total=3, label="x < 1")
    verbs.background.move(phase="done", record=compilations.compiled())
    assert "x &lt; 1" in shown[1]["text/html"]
    assert "proven identical" in shown[-1]["text/plain"]


def test_an_error_shows_in_two_lines(
    kernel: InteractiveShell, verbs: FakeVerbs, shown: list[dict[str, Any]]
) -> None:
    kernel.display_formatter.format(begun(kernel, verbs))
    error = StoreUnavailable("It is away.", address="s3://b", hint="Look.")
    verbs.background.move(phase="failed", error=error)
    assert shown[-1]["text/plain"] == "StoreUnavailable: It is away.\nHint: Look."


def test_stopping_ends_what_runs(kernel: InteractiveShell, verbs: FakeVerbs) -> None:
    work = begun(kernel, verbs)
    verbs.background.move(event=STARTED)
    assert kernel.run_line_magic("pipeline", "stop") is None
    assert verbs.background.stopped
    assert {step.status for step in work.overview.steps} == {"not_run"}
    with pytest.raises(NoAnswer, match="The run was stopped"):
        work.wait()
    with pytest.raises(InvalidCall, match="Nothing of the pipeline runs"):
        kernel.run_line_magic("pipeline", "stop")


def test_a_second_run_ends_the_first(kernel: InteractiveShell, verbs: FakeVerbs) -> None:
    begun(kernel, verbs)
    first = verbs.background
    begun(kernel, verbs)
    assert (first.stopped, verbs.background.stopped) == (True, False)


def test_results_are_set_on_request(
    kernel: InteractiveShell, verbs: FakeVerbs, capsys: pytest.CaptureFixture[str]
) -> None:
    kernel.run_line_magic("pipeline", "run --wait")
    assert "model" not in kernel.user_ns
    kernel.run_line_magic("pipeline", "results model")
    assert kernel.user_ns["model"] == "value of model"
    assert capsys.readouterr().out == "Set: model.\n"
    assert verbs.calls[-1][1]["package"] == Path("pipelines/churn")
    kernel.run_line_magic("pipeline", "results")
    assert kernel.user_ns["customers"] == "value of customers"


def test_results_need_a_run(kernel: InteractiveShell) -> None:
    with pytest.raises(InvalidCall, match="No pipeline was run in this session"):
        kernel.run_line_magic("pipeline", "results model")


def test_into_sets_variables_between_cells_only(kernel: InteractiveShell, verbs: FakeVerbs) -> None:
    begun(kernel, verbs, "run --into model")
    kernel.run_cell("early = 'model' in globals()")
    verbs.background.move(phase="done", record=pipeline_runs.run())
    assert "model" not in kernel.user_ns
    kernel.run_cell("late = model")
    assert (kernel.user_ns["early"], kernel.user_ns["late"]) == (False, "value of model")
    kernel.run_cell("del model")
    kernel.run_cell("again = 'model' in globals()")
    assert kernel.user_ns["again"] is False


def test_into_without_names_sets_all(kernel: InteractiveShell, verbs: FakeVerbs) -> None:
    kernel.run_line_magic("pipeline", "run --wait --into")
    kernel.run_cell("x = customers + model")
    assert kernel.user_ns["x"] == "value of customersvalue of model"
    assert verbs.calls[-1][1]["names"] == ()


def test_into_of_a_run_that_was_stopped_sets_nothing(
    kernel: InteractiveShell, verbs: FakeVerbs
) -> None:
    begun(kernel, verbs, "run --into model")
    kernel.run_line_magic("pipeline", "stop")
    kernel.run_cell("x = 'model' in globals()")
    assert kernel.user_ns["x"] is False


def test_into_that_cannot_be_is_said(
    kernel: InteractiveShell,
    verbs: FakeVerbs,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def away(*_: object, **__: object) -> None:
        raise InvalidCall("It gave no `model`.", hint="It gave x.")

    monkeypatch.setattr(verbs, "pipeline_results", away)
    kernel.run_line_magic("pipeline", "run --wait --into model")
    capsys.readouterr()
    assert kernel.run_cell("x = 1").success
    assert capsys.readouterr().out == "InvalidCall: It gave no `model`.\nHint: It gave x.\n"


def test_unloading_while_results_are_awaited_restores_the_shell(verbs: FakeVerbs) -> None:
    verbs.located = Located(Path("churn.ipynb"), "named by you")
    with fresh_shell() as shell:
        before = snapshot(shell)
        shell.run_line_magic("load_ext", "nbext")
        shell.kernel = None
        begun(shell, verbs, "run --into model")
        shell.run_line_magic("unload_ext", "nbext")
        assert snapshot(shell) == before


@pytest.mark.parametrize(
    ("line", "fact"),
    [
        ("fly", "%pipeline does not understand `fly`"),
        ("run model", "%pipeline run takes no `model`"),
        ("run --param seed", "--param is 'seed', want name=value"),
        ("run --for-each seed", "--for-each is 'seed', want name=value,value"),
        ("run --for-each seed=1,2 --into model", "--into and --for-each do not go together"),
        ("run --rtol 1e-9", "%pipeline run takes no --rtol"),
        ("show --for-each seed=1,2", "%pipeline show takes no --for-each"),
    ],
)
def test_a_line_that_does_not_fit_says_so(kernel: InteractiveShell, line: str, fact: str) -> None:
    with pytest.raises(InvalidCall, match=fact) as caught:
        kernel.run_line_magic("pipeline", line)
    assert caught.value.hint


COMMANDS = {
    "": "nbrelease pipeline show NAME",
    "compile": "nbrelease pipeline compile NOTEBOOK",
    "run --param seed=8": "nbrelease pipeline run NAME",
}


@pytest.mark.parametrize("line", COMMANDS)
def test_in_a_clean_run_it_is_recorded_only(  # noqa: PLR0917 - fixtures
    kernel: InteractiveShell,
    verbs: FakeVerbs,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    line: str,
) -> None:
    monkeypatch.setenv("NBRELEASE_RUN", "1")
    monkeypatch.setenv("NBRELEASE_EVIDENCE", str(tmp_path))
    assert kernel.run_line_magic("pipeline", line) is None
    assert verbs.calls == []
    assert f"`{COMMANDS[line]}` does it" in capsys.readouterr().out
    kept = json.loads((tmp_path / "requests.json").read_text())
    assert kept == [{"verb": "pipeline", "arguments": line}]


def test_its_words_are_completed(shell: InteractiveShell) -> None:
    words = {"--param", "--into", "--wait", "--name", "--scheduler", "--for-each", "--rtol"}
    assert words <= completed(shell, "%pipeline run --")
    assert "threads" in completed(shell, "%pipeline run --scheduler ")
    assert {"compile", "run", "results", "stop"} <= completed(shell, "%pipeline ")
    assert "%pipeline" in completed(shell, "%pipel")
