"""Import statements: of what is named, and no more."""

from __future__ import annotations

import pytest

from lifecycle_core.compiling.writing.imports import import_lines
from tests import drafts


@pytest.mark.parametrize(
    ("source", "names", "lines"),
    [
        ("import a, b as c", {"a"}, ("import a",)),
        ("import a, b as c", {"c"}, ("import b as c",)),
        ("import a.b, a.c", {"a"}, ("import a.b", "import a.c")),
        ("from a import b, c as d", {"d"}, ("from a import c as d",)),
        ("from a import b, c as d", {"b", "d"}, ("from a import b", "from a import c as d")),
        ("from a import b\nfrom a import b", {"b"}, ("from a import b",)),
        ("import a", {"b"}, ()),
    ],
)
def test_imports(source: str, names: set[str], lines: tuple[str, ...]) -> None:
    assert import_lines(drafts.pieces(source), names) == lines


def test_a_try_around_imports_stays_whole() -> None:
    source = "try:\n    import a\nexcept ImportError:\n    a = None"
    assert import_lines(drafts.pieces(source), {"a"}) == (source,)
