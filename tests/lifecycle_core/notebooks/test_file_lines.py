from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.notebooks.file_lines import FileLines

NOTEBOOK = {
    "metadata": {"cells": [{"source": "no"}], "source": ["no"]},
    "cells": [
        {"cell_type": "markdown", "metadata": {"source": "no"}, "source": ['# ["a"]\n', "{"]},
        {"cell_type": "code", "outputs": [{"source": ["no"], "text": "}"}], "source": ["x\n", "y"]},
        {"cell_type": "code", "source": "one\ntwo"},
        {"cell_type": "code", "source": []},
    ],
}  # fmt: skip


def test_lines_of_an_indented_file() -> None:
    text = json.dumps(NOTEBOOK, indent=1)
    rows = text.split("\n")
    lines = FileLines(text)
    assert '"{"' in rows[lines.line(0, 2) - 1]
    assert '"x\\n"' in rows[lines.line(1, 1) - 1]
    assert '"y"' in rows[lines.line(1, 2) - 1]
    assert lines.line(1, 99) == lines.line(1, 2)
    assert lines.line(1) == lines.line(1, 1)


def test_lines_of_a_source_that_is_one_string() -> None:
    text = json.dumps(NOTEBOOK, indent=1)
    assert FileLines(text).line(2, 1) == FileLines(text).line(2, 2)
    assert '"one\\ntwo"' in text.split("\n")[FileLines(text).line(2, 2) - 1]


def test_a_cell_without_source_is_where_it_begins() -> None:
    text = json.dumps(NOTEBOOK, indent=1)
    assert text.split("\n")[FileLines(text).line(3) - 1].strip() == "{"


def test_a_cell_that_is_not_there() -> None:
    assert FileLines(json.dumps(NOTEBOOK, indent=1)).line(99, 3) == 1
    assert FileLines("[1, 2]").line(0, 1) == 1
    assert FileLines('"\\"' * 10_000 + "}]" * 10_000).line(0, 1) == 1


@given(st.lists(st.lists(st.text().map(lambda text: text.replace("\n", "")), max_size=4)))
def test_every_line_is_found_where_it_stands(cells: list[list[str]]) -> None:
    sources = [[f"{line}\n" for line in cell] for cell in cells]
    text = json.dumps({"cells": [{"source": source} for source in sources]}, indent=2)
    rows, lines = text.split("\n"), FileLines(text)
    for cell, source in enumerate(sources):
        for number, line in enumerate(source, 1):
            assert json.loads(rows[lines.line(cell, number) - 1].strip().rstrip(",")) == line
