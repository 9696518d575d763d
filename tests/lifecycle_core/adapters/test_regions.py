"""Regions round trip, keep what is around them, and tell whether somebody changed them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.adapters.formatting import formatted
from lifecycle_core.adapters.regions import difference, digest_of, parts_of, region

END = "# endregion nbrelease"
LINES = st.lists(
    st.sampled_from(["x = 1", "", END, f"{END} ", "# region", "'''", "é", "# endregion"]),
    max_size=6,
).map(lambda lines: "".join(f"{line}\n" for line in lines))
AROUND = st.lists(st.sampled_from(["y = 2", "", "# mine", "'''"]), max_size=4).map(
    lambda lines: "".join(f"{line}\n" for line in lines)
)


@given(LINES, st.text(max_size=20))
def test_what_was_written_is_read_back(text: str, source: str) -> None:
    parts = parts_of(region(text, source))
    assert parts is not None
    assert (parts.above, parts.text, parts.below, parts.untouched) == ("", text, "", True)


@given(AROUND, LINES, AROUND)
def test_what_people_write_around_it_is_told_apart(above: str, text: str, below: str) -> None:
    parts = parts_of(f"{above}{region(text, 'a.ipynb')}{below}")
    assert parts is not None
    assert (parts.above, parts.text, parts.below, parts.untouched) == (above, text, below, True)


@pytest.mark.parametrize(
    ("old", "new"), [("x = 1", "x = 2"), ("x = 1\n", ""), ("x = 1", "x = 1 "), ("x", "\nx")]
)
def test_any_change_inside_is_seen(old: str, new: str) -> None:
    content = region("x = 1\nz = 3\n", "a.ipynb")
    parts = parts_of(content.replace(old, new))
    assert parts is not None
    assert not parts.untouched


def test_a_formatter_leaves_it_as_it_is() -> None:
    for text in ("def f():\n    return 1\n", "x = 1\n", "class A:\n    n = 1\n"):
        content = region(text, "a.ipynb")
        assert formatted({"a.py": content}) == {"a.py": content}


def test_a_changed_region_ends_at_its_first_end() -> None:
    content = region("x = 1\n", "a.ipynb").replace("1", "2") + f"y = 1\n{END}\n"
    parts = parts_of(content)
    assert parts is not None
    assert (parts.text, parts.below) == ("x = 2\n", f"y = 1\n{END}\n")


@pytest.mark.parametrize("content", ["", "x = 1\n", END, region("x\n", "a").replace(END, "")])
def test_other_files_have_none(content: str) -> None:
    assert parts_of(content) is None


def test_the_last_line_may_lack_its_end() -> None:
    parts = parts_of(region("x = 1\n", "a.ipynb").rstrip("\n"))
    assert parts is not None
    assert parts.untouched


def test_a_difference_names_the_file() -> None:
    told = difference("a = 1\n", "a = 2\n", "train.py")
    assert "train.py (as it is)" in told
    assert "-a = 1\n+a = 2\n" in told
    assert len(digest_of("")) == 16
