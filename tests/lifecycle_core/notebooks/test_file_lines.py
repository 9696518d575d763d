from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.notebooks.file_lines import CellPlace, cell_places
from tests.fakes.notebooks import code, content, markdown


def laid_out(sources: list[str], **layout: Any) -> str:  # noqa: ANN401 - of json.dumps
    cells = [code(source) for source in sources]
    return json.dumps(content(*cells), **layout)


@pytest.mark.parametrize("indent", [None, 0, 1, 4])
def test_a_line_stands_where_its_text_stands(indent: int | None) -> None:
    pieces = ["import sys\n", "print('é \"quoted\" \\n')\n", "last = 1"]
    cells = [markdown("# Title"), {**code("x"), "source": pieces}]
    text = json.dumps(content(*cells), indent=indent)
    place = cell_places(text)[1]
    lines = text.splitlines()
    for number, piece in enumerate(pieces, start=1):
        assert json.dumps(piece) in lines[place.line(number) - 1]


def test_a_source_in_one_string_stands_on_one_line() -> None:
    text = laid_out(["a = 1\nb = 2\n", "c = 3"], indent=1)
    first, second = cell_places(text)
    assert len(set(first.lines)) == 1
    assert len(first.lines) == 2
    assert '"a = 1' in text.splitlines()[first.line(2) - 1]
    assert '"c = 3' in text.splitlines()[second.line(1) - 1]


def test_pieces_that_are_no_whole_lines_are_joined() -> None:
    text = '{"cells": [{"source": [\n"a",\n" = 1\\nb = ",\n"2\\n"\n]}]}'
    assert cell_places(text) == (CellPlace(1, (2, 3)),)


def test_a_cell_as_a_whole_is_meant_by_its_first_line() -> None:
    full, empty = cell_places(laid_out(["a = 1", ""], indent=1))
    assert full.line(None) == full.lines[0]
    assert empty.lines == ()
    assert empty.line(None) == empty.line(3) == empty.start


def test_a_line_that_is_not_there_gives_the_nearest() -> None:
    (place,) = cell_places('{"cells": [{"source": ["a\\n",\n"b"]}]}')
    assert (place.line(0), place.line(9)) == (1, 2)


def test_what_looks_like_a_source_elsewhere_is_none() -> None:
    decoy = {"cells": [{"source": ["x\n"]}], "source": ["y\n"]}
    cell = {**code("real"), "metadata": {"deep": decoy, "source": "z"}}
    text = json.dumps({"metadata": decoy, **content(cell)}, indent=1)
    (place,) = cell_places(text)
    assert '"real"' in text.splitlines()[place.line(1) - 1]


def test_of_two_keys_of_one_name_the_last_counts() -> None:
    text = '{"cells": [{}, {}],\n"cells": [{"source": "a",\n"source": "b"}]}'
    assert cell_places(text) == (CellPlace(2, (3,)),)


@pytest.mark.parametrize("text", ["", "[]", "}", "]],,", '{"cells": 3}', '{"cells": [1, "a', "{,}"])
def test_what_is_no_notebook_gives_no_error(text: str) -> None:
    assert all(place.lines == () for place in cell_places(text))


@given(
    st.lists(st.text(alphabet='ab"\\\n\r{}[],:é\u2028', max_size=12), max_size=4),
    st.sampled_from([None, 0, 1, 3]),
    st.booleans(),
)
def test_every_source_has_a_place_for_each_of_its_lines(
    sources: list[str], indent: int | None, ascii_only: object
) -> None:
    text = laid_out(sources, indent=indent, ensure_ascii=bool(ascii_only))
    places = cell_places(text)
    wanted = [len(source.split("\n")) - (source.endswith("\n") or not source) for source in sources]
    assert [len(place.lines) for place in places] == wanted
