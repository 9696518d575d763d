"""A few notebooks of the corpus, made and confirmed anew, judged by the real command."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.command_line import nbrelease
from tests.corpus.cases import all_cases
from tests.corpus.generate import generate

if TYPE_CHECKING:
    from pathlib import Path

    from tests.corpus.generate import Truth

FAULTY = [
    "payment_kinds_from_set",
    "generator_without_seed",
    "threshold_edited",
    "name_from_console",
    "sys_exit_in_middle",
]
SOUND = ["iris_numpy", "progress_by_hand", "wall_time_magic"]

# One process makes the notebooks for all of these tests.


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Truth]]:
    folder = tmp_path_factory.mktemp("corpus")
    truths, dropped = generate(folder, [all_cases()[name] for name in FAULTY + SOUND])
    assert not dropped
    return folder, {truth.name: truth for truth in truths}


def judge(corpus: Path, truth: Truth, home: Path) -> dict[str, Any]:
    record = home / "record.json"
    notebook = corpus / truth.path
    nbrelease("reproduce", notebook, "--json", record, cwd=notebook.parent, home=home)
    judged: dict[str, Any] = json.loads(record.read_text(encoding="utf-8"))
    return judged


@pytest.mark.parametrize("name", FAULTY)
def test_fault_is_found_and_its_cause_and_cell_named(
    corpus: tuple[Path, dict[str, Truth]], tmp_path: Path, name: str
) -> None:
    folder, truths = corpus
    record = judge(folder, truths[name], tmp_path)
    named = [(cause["kind"], cause["cell"]) for cause in record["causes"]]
    assert not record["reproducible"]
    kinds = (*truths[name].kinds, *truths[name].also)
    assert any(kind in kinds and cell in truths[name].cells for kind, cell in named), named


@pytest.mark.parametrize("name", SOUND)
def test_nothing_is_said_of_a_notebook_that_reproduces(
    corpus: tuple[Path, dict[str, Truth]], tmp_path: Path, name: str
) -> None:
    folder, truths = corpus
    record = judge(folder, truths[name], tmp_path)
    assert record["reproducible"]
    assert record["causes"] == []
