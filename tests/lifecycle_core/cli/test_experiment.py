"""The words of `nbrelease experiment`, and the code each ends with; the verbs are made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from lifecycle_core import verbs as real
from lifecycle_core.cli.experiment import experiment_app
from tests.fakes import experiments

if TYPE_CHECKING:
    from pathlib import Path

DESIGN = ("design", "churn", "autumn", "--metric", "money", "--effect", "5%")


def ended(
    monkeypatch: pytest.MonkeyPatch, verb: str, record: object, *words: str
) -> tuple[int, str]:
    monkeypatch.setattr(real, verb, lambda *_, **__: record)
    result = CliRunner().invoke(experiment_app, list(words))
    return result.exit_code, result.stdout


@pytest.mark.parametrize(
    ("verb", "record", "words", "code", "said"),
    [
        ("design_experiment", experiments.designed(), DESIGN, 0, "3 weeks to see"),
        ("design_experiment", experiments.designed_from_numbers(), DESIGN, 1, "is not seen"),
        ("start_experiment", experiments.status(), ("start", "a.yaml"), 0, "running"),
        ("start_experiment", experiments.refused(), ("start", "a.yaml"), 1, "Not started"),
        ("read_experiment", experiments.read_out(), ("read", "churn"), 0, "ship"),
        ("read_experiment", experiments.read_out(units=0), ("read", "churn"), 0, "keep running"),
        ("read_experiment", experiments.read_out(effect=-2.0), ("read", "churn"), 1, "stop"),
        ("read_experiment", experiments.read_out(lost=0.3), ("read", "churn"), 1, "no conclusion"),
        ("show_experiment", experiments.status(), ("show", "churn"), 0, "frozen"),
        ("show_experiment", experiments.status(changes=("a: 1",)), ("show", "churn"), 1, "a: 1"),
        ("stop_experiment", experiments.status(), ("stop", "churn", "--reason", "x"), 0, "autumn"),
        ("experiments", experiments.listed(), ("list", "churn"), 0, "2 experiments"),
    ],
)
def test_a_command_ends_with_the_code_of_its_answer(  # noqa: PLR0917 - parametrized
    monkeypatch: pytest.MonkeyPatch,
    verb: str,
    record: object,
    words: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    found, shown = ended(monkeypatch, verb, record, *words)
    assert (found, said in shown) == (code, True)


def test_wrong_words_end_with_two_and_files_hold_the_record(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code, _ = ended(monkeypatch, "design_experiment", experiments.designed(), *DESIGN,
                    "--looks", "often")  # fmt: skip
    assert code == 2
    files = ("--html", str(tmp_path / "r.html"), "--json", str(tmp_path / "r.json"))
    code, _ = ended(monkeypatch, "read_experiment", experiments.read_out(), "read", "churn", *files)
    assert code == 0
    assert "<h1>Experiment autumn of churn</h1>" in (tmp_path / "r.html").read_text()
    assert (tmp_path / "r.json").read_text() == experiments.read_out().to_json()
