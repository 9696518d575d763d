"""The notebooks are as many and as varied as promised, and their truths can be found."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from tests.corpus.executing import execute
from tests.pipelines.cases import all_cases
from tests.pipelines.generate import described, load_truth, truth_of, write_case
from tests.pipelines.judging import consequences

if TYPE_CHECKING:
    from pathlib import Path

CASES = all_cases()


def test_there_are_as_many_as_promised() -> None:
    built = [case for case in CASES.values() if not case.tutorial]
    tutorials = [case for case in CASES.values() if case.tutorial]
    assert len(built) >= 60
    assert len(tutorials) >= 20
    assert sum(case.mutation is not None for case in CASES.values()) >= 20
    assert all(8 <= sum(c.kind == "code" for c in case.parsed()) <= 25 for case in tutorials)


def test_most_should_compile_by_themselves() -> None:
    refused = [case for case in CASES.values() if case.expect == "refuse"]
    assert len(refused) >= 8
    assert all(case.refuse.words for case in refused)
    assert sum(case.expect == "compile" for case in CASES.values()) >= 80


@pytest.mark.parametrize("name", CASES)
def test_cells_are_python_and_snippets_name_one(name: str) -> None:
    case = CASES[name]
    for cell in case.parsed():
        if cell.kind == "code" and case.construct != "fails" and "%%html" not in cell.source:
            code = TransformerManager().transform_cell(cell.source)
            compile(code, name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    assert json.loads(json.dumps(described(case)))["name"] == name
    if case.mutation:
        assert case.mutated() != case.parsed()


@pytest.mark.parametrize("name", ["versions_of_a_name", "global_statement", "step_magic_cells"])
def test_a_truth_is_confirmed_by_execution(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    folder = write_case(case, tmp_path).parent
    truth = truth_of(case, folder)
    assert truth.wrong == ""
    assert {*case.exports} <= {*truth.required}
    assert load_truth(case, tmp_path).required == truth.required


def test_a_claim_that_does_not_hold_is_seen(tmp_path: Path) -> None:
    case = replace(CASES["walrus"], exports=("n", "nowhere"), hidden=("item",))
    folder = write_case(case, tmp_path).parent
    assert truth_of(case, folder).wrong == "not alive or not exportable: nowhere"
    case = replace(case, exports=("n",))
    assert truth_of(case, folder).wrong == "alive: item"
    case = replace(case, unstable=True)
    assert truth_of(case, folder).wrong == "it is stable"


def test_the_consequences_of_an_edit_are_found_by_execution(tmp_path: Path) -> None:
    case = CASES["csv_written_and_read"]
    effects = consequences(case, write_case(case, tmp_path).parent)
    assert effects.edited == case.cell('raw["v"] *= 10')
    assert effects.changed == (effects.edited, case.cell("clean = pd.read_csv"))
    assert "<file clean.csv>" in effects.states[-1]


@pytest.mark.parametrize("name", ["timing_magics", "top_level_await", "last_expression_effects"])
def test_a_real_kernel_runs_them_too(name: str, tmp_path: Path) -> None:
    path = write_case(CASES[name], tmp_path)
    notebook = nbformat.read(path, as_version=4)
    assert execute(notebook, path.parent).ended == "ok"
