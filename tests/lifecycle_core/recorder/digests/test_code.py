"""Digests of functions, classes, their objects and other things of the notebook."""

from __future__ import annotations

import functools
import json
import types
from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_core.recorder.digests import digest

if TYPE_CHECKING:
    from collections.abc import Callable


def run(source: str) -> dict[str, Any]:
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(source, space)  # noqa: S102  # as a cell runs
    return space


SAME = [
    ("def f(x): return x + 1", "\n\n# note\ndef f(x):\n    return x + 1"),
    ("f = lambda x: {1, 2, 3}", "f = lambda x: {3, 2, 1} if False else {1, 2, 3}"),
    ("def f(a, b=[1]): return a", "def f(a, b=[1]):  # b\n    return a"),
    (
        "class f:\n    x = {1: 2}\n    def g(self): return 1",
        "class f:\n\n    x = {1: 2}\n    def g(self):\n        return 1",
    ),
    (
        "def o(n):\n  def i(): return n\n  return i\nf = o(1)",
        "def o(n):\n\n  def i(): return n\n  return i\nf = o(1)",
    ),
    ("def f(n): return n and f(n - 1)", "def f(n):\n    return n and f(n - 1)"),
]  # fmt: skip
DIFFERENT = [
    ("def f(x): return x + 1", "def f(x): return x + 2"),
    ("def f(x): return x + 1", "def f(x): return x - 1"),
    ("def f(x): return x.a", "def f(x): return x.b"),
    ("def f(x=1): return x", "def f(x=2): return x"),
    ("def f(*, x=1): return x", "def f(*, x=2): return x"),
    ("def f(x): return {1, 2}", "def f(x): return {1, 3}"),
    (
        "def o(n):\n  def i(): return n\n  return i\nf = o(1)",
        "def o(n):\n  def i(): return n\n  return i\nf = o(2)",
    ),
    ("class f: x = 1", "class f: x = 2"),
    ("class f:\n  def g(self): return 1", "class f:\n  def g(self): return 2"),
    ("class f: pass", "class f(dict): pass"),
    ("class f:\n  __slots__ = ('a',)", "class f:\n  __slots__ = ('b',)"),
    (
        "class f:\n  @property\n  def g(self): return 1",
        "class f:\n  @property\n  def g(self): return 2",
    ),
    (
        "from functools import partial\nf = partial(int, base=2)",
        "from functools import partial\nf = partial(int, base=3)",
    ),
    ("f = [].append", "f = [1].append"),
    ("f = ValueError('a')", "f = ValueError('b')"),
    ("f = ValueError('a')", "f = TypeError('a')"),
    (
        "from types import SimpleNamespace as S\nf = S(a=1)",
        "from types import SimpleNamespace as S\nf = S(a=2)",
    ),
    ("import re\nf = re.compile('a')", "import re\nf = re.compile('a', re.I)"),
    (
        "from dataclasses import dataclass\n@dataclass\nclass A:\n  x: int\nf = A(1)",
        "from dataclasses import dataclass\n@dataclass\nclass A:\n  x: int\nf = A(2)",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME[:1] + SAME[2:])
def test_where_code_stands_does_not_count(text: Callable[[Any], str], one: str, other: str) -> None:
    assert text(run(one)["f"]) == text(run(other)["f"])


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_code_does_counts(text: Callable[[Any], str], one: str, other: str) -> None:
    assert text(run(one)["f"]) == text(run(one)["f"]) != text(run(other)["f"])


def test_running_a_function_does_not_change_it(text: Callable[[Any], str]) -> None:
    function = run("def f(n):\n    return sum(i * 2 for i in range(n))")["f"]
    before = text(function)
    for _ in range(100):
        function(10)
    assert text(function) == before


def test_what_a_package_defines_goes_by_name(text: Callable[[Any], str]) -> None:
    found = [json.dumps, json.loads, json.JSONEncoder, functools.lru_cache, len, list.append, str]
    assert len({text(each) for each in found}) == len(found)


def test_attributes_count_in_any_order(text: Callable[[Any], str]) -> None:
    space = run("class A:\n    __slots__ = ('x', '__dict__')\na, b, c = A(), A(), A()")
    a, b, c = space["a"], space["b"], space["c"]
    a.x, a.y, a.z = 1, 2, 3
    b.z, b.y, b.x = 3, 2, 1
    c.x, c.y, c.z = 9, 2, 3
    assert text(a) == text(b) != text(c)


def test_properties_are_not_asked(text: Callable[[Any], str]) -> None:
    asked: list[int] = []
    space = run("class A:\n    @property\n    def size(self): self.log.append(1)\na = A()")
    space["a"].log = asked
    assert text(space["a"])
    assert asked == []


def test_a_subclass_counts_with_what_it_adds(text: Callable[[Any], str]) -> None:
    space = run(
        "class D(dict):\n    def items(self): return []\n    def __iter__(self): return iter(())\n"
        "a, b, c = D(x=1), D(x=2), D(x=1)\nc.note = 1"
    )
    assert len({text(space[name]) for name in "abc"} | {text({"x": 1})}) == 4


def test_a_module_goes_by_name_and_version(text: Callable[[Any], str]) -> None:
    one, two = types.ModuleType("m"), types.ModuleType("m")
    one.__version__ = two.__version__ = "1"  # type: ignore[attr-defined]
    assert text(one) == text(two)
    two.__version__ = "2"  # type: ignore[attr-defined]
    assert text(one) != text(two)


def test_a_cached_property_does_not_count(text: Callable[[Any], str]) -> None:
    space = run(
        "import functools\nclass A:\n    @functools.cached_property\n    def x(self): return 1\n"
        "a, b = A(), A()\na.x"
    )
    assert text(space["a"]) == text(space["b"])


def test_types_have_their_qualified_names() -> None:
    space = run("class A: pass\na = A()")
    assert digest(space["a"]).type == "__main__.A"
    assert digest(functools.partial(int)).type == "functools.partial"
