"""The corpus is complete, and every case can be made from the notebook it starts from."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, get_args

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from lifecycle_core.schema.reproduction import CauseKind
from tests.corpus.bases import source_of
from tests.corpus.case import extended, parse, position, swapped
from tests.corpus.cases import all_cases
from tests.corpus.comparing import differences

if TYPE_CHECKING:
    from nbformat import NotebookNode


def test_every_kind_of_cause_has_several_cases() -> None:
    kinds = Counter(kind for case in all_cases().values() for kind in case.kinds)
    assert set(kinds) == set(get_args(CauseKind)) - {"unexplained"}
    assert min(kinds.values()) >= 4


def test_the_corpus_is_as_large_as_promised() -> None:
    groups = Counter(case.group for case in all_cases().values())
    assert groups["clean"] >= 8
    assert groups["faulty"] >= 100
    assert groups["harmless"] >= 40


@pytest.mark.parametrize("name", all_cases())
def test_snippets_name_one_cell_each(name: str) -> None:
    case = all_cases()[name]
    cells = parse(source_of(case.base) if case.base else case.cells)
    cells = extended(swapped(cells, case.swap), case.add)
    for snippet in (*case.author.order, *case.then_drop):
        position([cell.source for cell in cells], snippet)
    cells = [
        cell
        for cell in swapped(cells, case.then_swap)
        if not any(snippet in cell.source for snippet in case.then_drop)
    ]
    cells = extended(cells, case.then_add)
    for snippet in case.at:
        position([cell.source for cell in cells], snippet)


@pytest.mark.parametrize(
    ("old", "new", "differs"),
    [
        ("0.1 0.30000000000000004", "0.1 0.3", False),
        ("0.1 0.3001", "0.1 0.3", True),
        ("<a at 0x7f00aa12>", "<a at 0x7f11bb34>", False),
        ("10%\r100%", "100%", False),
        ("\x1b[31mred\x1b[0m", "red", False),
        ("took 3 s", "took 4 s", False),
        ("a b", "b a", True),
        ("7", "8", True),
    ],
)
def test_the_comparer_sees_as_a_strict_reader_does(old: str, new: str, *, differs: bool) -> None:
    stored, fresh = (printing(text) for text in (old, new))
    assert bool(differences(stored, fresh, [r"took \d s"])) == differs


def printing(text: str) -> NotebookNode:
    output = new_output("stream", name="stdout", text=text)
    return new_notebook(cells=[new_code_cell("x", execution_count=1, outputs=[output])])
