from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.notebooks.rewriting import edited_lines, replace_sources
from lifecycle_core.notebooks.rules.base import Edit

LINES = st.lists(st.text(st.characters(exclude_characters="\n", codec="utf-8")), max_size=4)


@given(st.lists(LINES, min_size=1, max_size=3), st.data(), st.booleans(), st.booleans())
def test_only_the_source_that_is_replaced_changes(
    cells: list[list[str]],
    data: st.DataObject,
    as_list: bool,  # noqa: FBT001 - hypothesis
    escaped: bool,  # noqa: FBT001 - hypothesis
) -> None:
    sources = [[f"{line}\n" for line in cell] for cell in cells]
    written = [source if as_list else "".join(source) for source in sources]
    content = {"cells": [{"source": one, "outputs": ["x\n"]} for one in written], "metadata": {}}
    text = json.dumps(content, indent=1, ensure_ascii=escaped)
    which = data.draw(st.integers(0, len(cells) - 1))
    fresh = [f"new é {line}" for line in sources[which]]
    read = json.loads(replace_sources(text, {which: fresh}))
    for index, cell in enumerate(read["cells"]):
        assert "".join(cell["source"]) == "".join(fresh if index == which else sources[index])
        assert cell["outputs"] == ["x\n"]
    assert replace_sources(text, {which: sources[which]}) == text


def test_several_edits_of_one_line() -> None:
    edits = [Edit(0, 1, 2, "1"), Edit(0, 1, 7, "2"), Edit(0, 1, None, "first")]
    assert edited_lines("f() + g()\n", [*edits, edits[0]])[0].endswith("f(1) + g2()\n")


def test_a_form_feed_parts_no_lines() -> None:
    assert edited_lines("a\x0c\u2028b\nf()", [Edit(0, 2, 2, "1")]) == ["a\x0c\u2028b\n", "f(1)"]
