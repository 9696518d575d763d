"""Generated Python as a formatter leaves it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecycle_core.adapters.formatting import formatted

STATEMENTS = st.lists(
    st.sampled_from(
        ["import b, a", "from a import c, d", "x = {'a':1,}", "def f( x ):\n  return a.x", "y = d",
         "s = '''\n  x\n'''", "z = (1,)", "from pipelines.m import q", "print(q)"]
    ),
    max_size=6,
).map("\n".join)  # fmt: skip


@settings(max_examples=15)
@given(STATEMENTS)
def test_formatting_twice_changes_nothing(text: str) -> None:
    once = formatted({"a.py": text})
    assert formatted(once) == once


def test_imports_are_sorted_and_unused_ones_go() -> None:
    text = "from pipelines.m import q\nimport numpy as np, os, json\ny = np.array(q)\njson.a"
    assert formatted({"a.py": text})["a.py"] == (
        "import json\n\nimport numpy as np\n\nfrom pipelines.m import q\n\n"
        "y = np.array(q)\njson.a\n"
    )


def test_a_reason_to_keep_an_import_is_heeded() -> None:
    text = "from a import b  # noqa: F401 - it matters\n"
    assert formatted({"a.py": text})["a.py"] == text


def test_what_is_no_python_is_told_with_its_file() -> None:
    with pytest.raises(SyntaxError, match=r"bad\.py"):
        formatted({"good.py": "x = 1", "bad.py": "x = = 1"})
