"""Each magic says to its verb what the line says; errors are two lines: the fact and the hint."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_core.adapters.live_notebook import Located
from lifecycle_core.errors import InvalidCall
from tests.fakes import records
from tests.nbext.shells import completed

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from tests.fakes.verbs import FakeVerbs


@pytest.fixture
def prepared(shell: InteractiveShell, verbs: FakeVerbs) -> InteractiveShell:
    """A shell with variables and a release cell that has run."""
    names = {"candidates": {"line": "a model"}, "X_train": "X", "y_train": "y"}
    shell.user_ns.update(names, X_test="Xt", y_test="yt")
    shell.run_cell_magic("release", "churn", "model: {}\n")
    assert verbs.calls.pop() == (
        "parse_release",
        {"text": "model: {}\n", "name": "churn", "where": "%%release cell", "first_line": 2},
    )
    return shell


def test_release_returns_the_record(shell: InteractiveShell, verbs: FakeVerbs) -> None:
    assert shell.run_cell_magic("release", "churn", "a: {b}").model.name == "churn"
    assert verbs.calls[0][1]["text"] == "a: {b}"  # braces are YAML, not variables


def test_finalize_looks_its_names_up(prepared: InteractiveShell, verbs: FakeVerbs) -> None:
    made = prepared.run_line_magic("finalize", "candidates X_train y_train")
    assert made == records.finalization()
    assert verbs.calls == [
        (
            "finalize",
            {
                "positional": ({"line": "a model"}, "X", "y"),
                "release": records.release_file(),
                "holdout": None,
                "folds": 5,
                "seed": 0,
                "keep": None,
            },
        )
    ]


def test_finalize_takes_all_its_options(prepared: InteractiveShell, verbs: FakeVerbs) -> None:
    prepared.run_line_magic(
        "finalize",
        "candidates X_train y_train --holdout X_test y_test --folds 3 --seed 7 --model best",
    )
    said = verbs.calls[0][1]
    assert (said["holdout"], said["folds"], said["seed"]) == (("Xt", "yt"), 3, 7)
    assert prepared.user_ns["best"] == "a model"


def test_variables_in_braces_are_replaced(prepared: InteractiveShell, verbs: FakeVerbs) -> None:
    prepared.run_cell("folds = 4\nmade = %finalize candidates X_train y_train --folds {folds}")
    assert verbs.calls[0][1]["folds"] == 4
    assert prepared.user_ns["made"] == records.finalization()


USAGE = (
    "Hint: Write it as in `%finalize candidates X_train y_train --holdout X_test y_test`; "
    "`%finalize?` has all that it takes."
)
ERRORS = {
    "%finalize candidates X_trian y_train": [
        "InvalidCall: There is no variable `X_trian` in this notebook.",
        "Hint: Did you mean `X_train`?",
    ],
    "%finalize models": [
        (
            "InvalidCall: %finalize does not understand `models`: "
            "the following arguments are required: X, y."
        ),
        USAGE,
    ],
    "%finalize candidates X y --folds five": [
        (
            "InvalidCall: %finalize does not understand `candidates X y --folds five`: "
            "argument --folds: invalid int value: 'five'."
        ),
        USAGE,
    ],
    "%finalize": [
        (
            "InvalidCall: %finalize says too little: "
            "the following arguments are required: candidates, X, y."
        ),
        USAGE,
    ],
    "%rollback churn": [
        (
            "InvalidCall: %rollback does not understand `churn`: "
            "the following arguments are required: --reason."
        ),
        (
            'Hint: Write it as in `%rollback churn --reason "complaints since Monday"`; '
            "`%rollback?` has all that it takes."
        ),
    ],
    '%promote churn --reason "half': [
        'InvalidCall: %promote does not understand `churn --reason "half`: No closing quotation.',
        "Hint: Write it as in `%promote churn`; `%promote?` has all that it takes.",
    ],
    "%promote churn --raeson old": [
        (
            "InvalidCall: %promote does not understand `churn --raeson old`: "
            "unrecognized arguments: --raeson old."
        ),
        (
            "Hint: Did you mean --reason? Write it as in `%promote churn`; "
            "`%promote?` has all that it takes."
        ),
    ],
    "%serve --help": [
        "InvalidCall: %serve has no --help.",
        "Hint: `%serve?` has all that it takes.",
    ],
    "%review churn --help": [
        "InvalidCall: %review has no --help.",
        "Hint: `%review?` has all that it takes.",
    ],
    "%retrain -h": ["InvalidCall: %retrain has no -h.", "Hint: `%retrain?` has all that it takes."],
    "%promote chum": ["ReleaseNotFound: There is no chum.", "Hint: Known: churn."],
}


@pytest.mark.parametrize("code", ERRORS)
def test_an_error_is_two_lines(
    prepared: InteractiveShell, capsys: pytest.CaptureFixture[str], code: str
) -> None:
    assert shown_error(prepared, capsys, code) == ERRORS[code]


def test_finalize_needs_a_release_cell(
    shell: InteractiveShell, verbs: FakeVerbs, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.user_ns.update(candidates={}, X=0, y=0)
    assert shown_error(shell, capsys, "%finalize candidates X y") == [
        "InvalidCall: %finalize needs to know the release, and no %%release cell has run.",
        "Hint: Run a cell that starts with %%release NAME; type %%release? for an example.",
    ]
    assert verbs.calls == []


def test_promote_without_alias_changes_nothing(shell: InteractiveShell, verbs: FakeVerbs) -> None:
    assert shell.run_line_magic("promote", "churn --version 3") == verbs.proposed
    assert verbs.calls == [("propose", {"name": "churn", "version": 3})]


def test_promote_with_alias_acts(shell: InteractiveShell, verbs: FakeVerbs) -> None:
    entry = shell.run_line_magic("promote", 'churn --to challenger --reason "a third cheaper"')
    assert entry.event.alias == "challenger"
    said = {"name": "churn", "to": "challenger", "version": None, "reason": "a third cheaper"}
    assert verbs.calls == [("promote", said)]


def test_rollback_acts(shell: InteractiveShell, verbs: FakeVerbs) -> None:
    shell.run_line_magic("rollback", "churn --alias champion --reason complaints")
    said = {"name": "churn", "to": "previous", "alias": "champion", "reason": "complaints"}
    assert verbs.calls == [("rollback", said)]


def test_releases_shows_all_or_one(shell: InteractiveShell, verbs: FakeVerbs) -> None:
    assert shell.run_line_magic("releases", "") == records.releases()
    assert shell.run_line_magic("releases", "churn") == records.status()
    assert [name for name, _ in verbs.calls] == ["releases", "status"]


def test_review_reads_a_window(shell: InteractiveShell, verbs: FakeVerbs) -> None:
    found = shell.run_line_magic("review", "churn --window 2026-W10")
    assert found.window.label == "2026-W10"
    words = {"window": "2026-W10", "as_of": None, "keep": None, "notify": False}
    assert verbs.calls == [("review", {"name": "churn", **words})]
    shell.run_line_magic("review", "churn --no-keep --notify")
    assert verbs.calls[-1][1]["keep"] is False


def test_review_shows_what_is_kept_and_makes_what_is_due(
    shell: InteractiveShell, verbs: FakeVerbs
) -> None:
    assert shell.run_line_magic("review", "churn --kept").firings
    assert len(shell.run_line_magic("review", "--due churn flights").releases) == 2
    assert verbs.calls == [
        ("kept_review", {"name": "churn", "window": None, "as_of": None}),
        ("review_due", {"names": ("churn", "flights"), "as_of": None}),
    ]


@pytest.mark.parametrize("line", ["", "churn flights", "--due --kept churn", "--due --window 2026"])
def test_review_is_of_one_release_or_of_what_is_due(
    shell: InteractiveShell, verbs: FakeVerbs, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    assert shown_error(shell, capsys, f"%review {line}")[0].startswith("InvalidCall: ")
    assert verbs.calls == []


def test_reviews_lists_and_acknowledge_takes_on(shell: InteractiveShell, verbs: FakeVerbs) -> None:
    assert shell.run_line_magic("reviews", "churn").release == "churn"
    line = "churn adoption_rate --by ann --note 'on Monday' --silence-until 2026-12-24"
    assert shell.run_line_magic("acknowledge", line).release == "churn"
    words = {"by": "ann", "note": "on Monday", "window": None, "silence_until": "2026-12-24"}
    assert verbs.calls == [
        ("reviews", {"name": "churn", "as_of": None}),
        ("acknowledge", {"name": "churn", "rule": "adoption_rate", **words}),
    ]


def test_outcomes_are_told_from_a_file_or_a_frame(
    shell: InteractiveShell, verbs: FakeVerbs
) -> None:
    shell.user_ns["kept"] = frame = object()
    assert shell.run_line_magic("outcomes", "churn --in kept.csv --who crm").release == "churn"
    shell.run_line_magic("outcomes", "churn --in kept")
    assert verbs.calls == [
        ("tell_outcomes", {"release": "churn", "source": "kept.csv", "who": "crm"}),
        ("tell_outcomes", {"release": "churn", "source": frame, "who": None}),
    ]
    assert {"--in", "--who"} <= completed(shell, "%outcomes churn --")


def test_outcomes_without_a_table_say_how_it_is_written(
    shell: InteractiveShell, verbs: FakeVerbs, capsys: pytest.CaptureFixture[str]
) -> None:
    fact, hint = shown_error(shell, capsys, "%outcomes churn")
    assert "--in" in fact
    assert "`%outcomes churn --in kept.csv --who crm`" in hint
    assert verbs.calls == []


@pytest.mark.parametrize("flag", ["", "--decide "])
def test_retrain_asks_whether_it_pays(shell: InteractiveShell, verbs: FakeVerbs, flag: str) -> None:
    found = shell.run_line_magic("retrain", f"churn {flag}--as-of 2026-11-01")
    assert found.answer == "retrain"
    assert verbs.calls == [("decide_retraining", {"name": "churn", "as_of": "2026-11-01"})]


def test_experiment_says_the_same_words_as_the_command_line(
    shell: InteractiveShell, verbs: FakeVerbs
) -> None:
    line = "design churn autumn --metric money --effect 5% --guardrail 'cost down 10%' --looks 4"
    assert shell.run_line_magic("experiment", line).plan.name == "autumn"
    for said in (
        "start plan.yaml", "read churn --as-of 2026-11-01", "stop churn --reason shipped",
        "show churn autumn", "list churn",
    ):  # fmt: skip
        assert shell.run_line_magic("experiment", said) is not None
    designed, *others = verbs.calls
    assert designed[1]["guardrails"] == ("cost down 10%",)
    assert (designed[1]["effect"], designed[1]["looks"]) == ("5%", 4)
    assert (designed[1]["unit"], designed[1]["as_of"]) == (None, None)
    assert others == [
        ("start_experiment", {"plan": "plan.yaml"}),
        ("read_experiment", {"release": "churn", "name": None, "as_of": "2026-11-01"}),
        ("stop_experiment", {"release": "churn", "reason": "shipped"}),
        ("show_experiment", {"release": "churn", "name": "autumn"}),
        ("experiments", {"release": "churn"}),
    ]
    shell.run_line_magic("experiment", f"{line} --unit plan --as-of 2026-11-01")
    told = verbs.calls[-1][1]
    assert (told["unit"], told["as_of"]) == ("plan", "2026-11-01")
    with pytest.raises(InvalidCall, match="needs the experiment's name"):
        shell.run_line_magic("experiment", "design churn")


def test_package_runs_the_file_it_is_given(
    shell: InteractiveShell, verbs: FakeVerbs, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text("{}")
    shell.run_line_magic("package", str(path))
    assert verbs.calls == [("package", {"notebook": path})]
    said = capsys.readouterr().out
    assert said.startswith("Using a.ipynb as saved at ")
    assert said.splitlines()[0].endswith(", named by you.")


def test_a_kernel_whose_folder_is_gone_says_so(
    shell: InteractiveShell, verbs: FakeVerbs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    with pytest.raises(InvalidCall, match="folder that this kernel works in is gone") as caught:
        shell.run_line_magic("reproduce", "")
    assert "Restart Kernel" in caught.value.hint
    assert verbs.calls == []


@pytest.mark.parametrize("verb", ["reproduce", "package"])
def test_what_the_kernel_sees_is_told(
    shell: InteractiveShell, verbs: FakeVerbs, tmp_path: Path, verb: str
) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text("{}")
    verbs.located = Located(path, "found through VS Code")
    shell.user_ns["__vsc_ipynb_file__"] = str(path)
    shell.run_cell("x = 1", store_history=True)
    shell.run_line_magic(verb, "")
    traces = verbs.traces
    assert (traces["given"], traces["folder"], traces["editor"]) == (None, Path.cwd(), str(path))
    assert traces["connection_file"] == ""  # a shell without a kernel
    assert [ran["source"] for ran in traces["journal"]["executed"]] == ["x = 1"]
    assert verbs.calls[0][1]["notebook"] == path


def test_a_notebook_that_is_not_found_is_asked_for(
    shell: InteractiveShell, verbs: FakeVerbs, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shown_error(shell, capsys, "%package") == [
        "InvalidCall: It is not known which file this notebook is.",
        "Hint: Name it.",
    ]
    assert verbs.calls == []


MOVES = {
    "reproduce": ("", "nbrelease reproduce NOTEBOOK"),
    "package": ("", "nbrelease run NOTEBOOK"),
    "serve": ("churn --port 8080", "nbrelease serve churn --port 8080"),
    "promote": ("churn --to champion", "nbrelease promote churn --to champion"),
    "rollback": ("churn --reason no", "nbrelease rollback churn --reason no"),
    "releases": ("churn", "nbrelease status churn"),
    "review": ("churn", "nbrelease review churn"),
    "reviews": ("churn", "nbrelease reviews churn"),
    "acknowledge": ("churn drifted", "nbrelease acknowledge churn drifted"),
    "outcomes": ("churn --in kept.csv", "nbrelease outcomes churn --in kept.csv"),
    "retrain": ("churn", "nbrelease retrain --decide churn"),
    "experiment": ("read churn", "nbrelease experiment read churn"),
}


@pytest.mark.parametrize("verb", MOVES)
def test_in_a_clean_run_requests_are_recorded_not_done(  # noqa: PLR0917 - fixtures
    shell: InteractiveShell,
    verbs: FakeVerbs,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    verb: str,
) -> None:
    line, command = MOVES[verb]
    monkeypatch.setenv("NBRELEASE_RUN", "1")
    monkeypatch.setenv("NBRELEASE_EVIDENCE", str(tmp_path))
    for _ in range(2):
        assert shell.run_line_magic(verb, line) is None
    assert verbs.calls == []
    said = f"%{verb} is recorded, not done: nobody is there to answer. `{command}` does it.\n"
    assert capsys.readouterr().out == said * 2
    kept = json.loads((tmp_path / "requests.json").read_text())
    assert kept == [{"verb": verb, "arguments": line}] * 2


@pytest.mark.parametrize("verb", ["reproduce", "package"])
def test_under_papermill_no_run_is_nested(
    shell: InteractiveShell,
    verbs: FakeVerbs,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    verb: str,
) -> None:
    message: dict[str, Any] = {"content": {"allow_stdin": False}}
    monkeypatch.setattr(type(shell), "get_parent", lambda _: message, raising=False)
    assert shell.run_line_magic(verb, "a.ipynb") is None
    assert "recorded, not done" in capsys.readouterr().out
    assert shell.run_line_magic("promote", "churn --to champion") is not None
    assert [name for name, _ in verbs.calls] == ["promote"]


def test_the_extension_hides_no_defect_of_ours(
    shell: InteractiveShell, verbs: FakeVerbs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(verbs, "releases", broken)
    with pytest.raises(ZeroDivisionError):
        shell.run_line_magic("releases", "")


def test_errors_reach_python_code_as_they_are(prepared: InteractiveShell) -> None:
    with pytest.raises(InvalidCall) as raised:
        prepared.run_line_magic("finalize", "candidates X_train z_train")
    assert raised.value.hint == "Did you mean `y_train`?"


def shown_error(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str], code: str
) -> list[str]:
    """Return what a cell prints when it fails."""
    capsys.readouterr()
    assert not shell.run_cell(code).success
    return capsys.readouterr().out.splitlines()


def test_serve_starts_a_service_beside_and_a_second_one_takes_its_place(
    shell: InteractiveShell, verbs: FakeVerbs, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shell.run_line_magic("serve", "churn --deadline 50") == records.service()
    shell.run_line_magic("serve", "churn --port 8080")  # which the first one has
    shell.run_line_magic("serve", "churn")
    shell.run_line_magic("serve", "other --stop")
    assert "other is not served from here; churn is." in capsys.readouterr().out
    assert shell.run_line_magic("serve", "churn --stop") is None
    assert "churn is not served from here any more." in capsys.readouterr().out
    assert [name for name, _ in verbs.calls] == [
        "serve_meanwhile", "start", "serve_meanwhile", "stop", "start",
        "serve_meanwhile", "start", "stop", "stop",
    ]  # fmt: skip
    assert verbs.calls[0][1] == {"spec": "churn", "port": 0, "deadline_ms": 50.0}
    assert verbs.calls[2][1] == {"spec": "churn", "port": 8080, "deadline_ms": None}
