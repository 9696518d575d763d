"""Which names a cell mentions, binds and reaches."""

from __future__ import annotations

import warnings

import pytest

from lifecycle_core.recorder.mentions import bound, mentioned, reachable


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("a = b", {"a"}),
        ("a, (b, *c) = d", {"a", "b", "c"}),
        ("a.b = c; d[0] = 1", set()),
        ("a += 1", {"a"}),
        ("if (n := 1): pass", {"n"}),
        ("with f() as g: h = 1", {"g", "h"}),
        ("[x for x in y]", set()),
        ("lambda x: x", set()),
        ("def f(x):\n    y = 1", {"f"}),
        ("class C:\n    y = 1", {"C"}),
        ("import a.b, c as d\nfrom e import f as g", {"a", "d", "g"}),
        ("del a", set()),
        ('x = f\'{a!r:>{w}}\' \'\\d\' """\nb\n"""; y = 1', {"x", "y"}),
        ("%time x = 1", set()),
        ("!ls", set()),
        ("(" * 5000, set()),
        ("x = 1\n\0", set()),
    ],
)
def test_names_bound_at_the_top_level(source: str, names: set[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert bound(source) == names


def test_words_in_texts_and_comments_are_mentioned() -> None:
    assert mentioned("d.query('x > @limit')  # über") == {"d", "query", "x", "limit", "über"}


def test_functions_that_call_each_other_end() -> None:
    space: dict[str, object] = {}
    exec("x = 1\ndef f(): return g\ndef g(): return f, x", space)  # noqa: S102  # as a cell runs
    assert reachable({"f"}, space) == {"f", "g", "x"}
