"""The prose of a notebook."""

from __future__ import annotations

from typing import Any

import pytest

from lifecycle_core.compiling.outline import Outline, read_outline


def outline(*sources: str) -> Outline:
    """Read cells: a text that begins with `code` is a code cell."""
    cells: list[dict[str, Any]] = [
        {"cell_type": "code" if source.startswith("code") else "markdown", "source": source}
        for source in sources
    ]
    return read_outline(cells)


def test_headings_with_levels_and_places() -> None:
    found = outline("# A *title*\ntext\n### Below ###", "code", "## Next")
    told = [(one.cell, one.level, one.text) for one in found.headings]
    assert told == [(0, 1, "A title"), (0, 3, "Below"), (2, 2, "Next")]


def test_a_heading_in_a_fence_is_code() -> None:
    found = outline("```python\n# no heading\n```\n# Heading")
    assert [one.text for one in found.headings] == ["Heading"]


def test_the_section_of_a_cell_is_the_last_heading_above() -> None:
    found = outline("# A", "code", "## B", "code")
    assert found.section_of(0) is None
    for cell, deepest, text in ((1, 6, "A"), (3, 6, "B"), (3, 1, "A")):
        heading = found.section_of(cell, deepest=deepest)
        assert heading is not None
        assert heading.text == text


def test_paragraphs_above_and_between_cells() -> None:
    found = outline("one\n\ntwo", "code", "# H\nthree", "code", "four")
    assert found.above([1], -1) == ("one", "two")
    assert found.above([1, 3], -1) == ("one", "two", "three")
    assert found.above([3], 1) == ("three",)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("**bold** and *it* and __both__", "bold and it and both"),
        ("[a link](http://x.y) ![a picture](z.png)", "a link"),
        ("<b>bold</b> <!-- not --> <br/>text", "bold  text"),
        ("a < b and c > d", "a < b and c > d"),
        ("x_train and a * b", "x_train and a * b"),
        ("* item", "* item"),
    ],
)
def test_marks_are_taken_off(source: str, text: str) -> None:
    assert outline(source).prose[0] == (text,)
