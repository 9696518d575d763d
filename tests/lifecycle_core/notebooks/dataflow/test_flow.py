"""What one cell defines, needs and changes."""

from __future__ import annotations

import pytest

from lifecycle_core.notebooks.dataflow import FILES, RANDOM, SETTINGS, Flow, dataflow_of


def flow_of(source: str) -> Flow:
    return dataflow_of([source]).flows[0]


def now(source: str) -> list[str]:
    return [use.name for use in flow_of(source).uses if not use.deferred]


def later(source: str) -> list[tuple[str, str]]:
    return [(use.name, use.within) for use in flow_of(source).uses if use.deferred]


@pytest.mark.parametrize(
    ("source", "needed"),
    [
        ("x = 1\ny = x", []),
        ("y = x\nx = 1", ["x"]),
        ("x += 1", ["x"]),
        ("x: int = y", ["int", "y"]),
        ("a, (b, *c) = t\na, b, c", ["t"]),
        ("[i for i in xs if i]", ["xs"]),
        ("{k: v for k, v in d.items()}\nk", ["d", "k"]),
        ("[y for x in xs for y in x]", ["xs"]),
        ("if (n := f()) > 1:\n    n", ["f"]),
        ("[last := x for x in xs]\nlast", ["xs"]),
        ("for i in xs:\n    pass\ni", ["xs"]),
        ("with f() as g:\n    g", ["f"]),
        ("import a.b as c, d.e\nc, d", []),
        ("from a import b as c\nc\nb", ["b"]),
        ("f'{x!r:>{width}}'", ["x", "width"]),
        ("match p:\n    case {'a': a, **rest}:\n        a, rest", ["p"]),
        ("match p:\n    case [b, *c]:\n        b, c", ["p"]),
        ("if p:\n    x = 1\n    x", ["p"]),
        ("match p:\n    case K(a=z):\n        z", ["p", "K"]),
        ("try:\n    pass\nexcept E as e:\n    e", ["E"]),
        ("del x", ["x"]),
        ("x = 1\ndel x\nx", ["x"]),
        ("@decorate\ndef f(a=default) -> R: return a", ["decorate", "default", "R"]),
        ("class C(B, metaclass=M):\n    x = 1\n    y = x\n    z = w", ["B", "M", "w"]),
        ("df.apply(lambda r: r * k)", ["df", "k"]),
        ("await g()", ["g"]),
        ("x.y.z = 1\nx[0] = i", ["x", "i"]),
        ("%time y = f(x)\ny", ["f", "x"]),
        ("%%time\ny = f(x)", ["f", "x"]),
        ("%%bash\necho $x", []),
        ("lambda a, *b, c=d, **e: (a, b, c, e)", ["d"]),
    ],
)  # fmt: skip
def test_names_needed_when_the_cell_runs(source: str, needed: list[str]) -> None:
    assert now(source) == needed


@pytest.mark.parametrize(
    ("source", "needed"),
    [
        ("def f():\n    return k", [("k", "f")]),
        ("k = 1\ndef f():\n    return k", []),
        ("def f():\n    return k\nk = 1", []),
        ("def f(a):\n    b = a\n    return [b for c in b]", []),
        ("def f():\n    def g():\n        return k\n    return g", [("k", "f")]),
        ("class C:\n    x = 1\n    def m(self):\n        return x", [("x", "C")]),
        ("g = lambda a: a + k", [("k", "g")]),
        ("button.on_click(lambda b: update(b))", [("update", "")]),
        ("def f():\n    x = 1\n    def g():\n        nonlocal x\n        x = 2", []),
    ],
)
def test_names_needed_when_a_function_is_called(source: str, needed: list[tuple[str, str]]) -> None:
    assert later(source) == needed


def test_a_branch_binds_perhaps_and_both_branches_bind_surely() -> None:
    flow = flow_of("if a:\n    x = 1\n    y = 1\nelse:\n    y = 2\nwhile b:\n    z = 1")
    assert dict(flow.defines) == {"y": 3}
    assert set(flow.maybe) == {"x", "y", "z"}


def test_an_import_that_may_fail_binds_in_either_case() -> None:
    flow = flow_of("try:\n    import json5 as json\nexcept ImportError:\n    import json")
    assert "json" in flow.defines
    assert [one.guarded for one in flow.imports] == [True, False]


def test_a_branch_that_raises_does_not_count() -> None:
    flow = flow_of("if a:\n    x = 1\nelse:\n    raise ValueError\nx")
    assert "x" in flow.defines


def test_a_function_that_declares_global_binds_perhaps() -> None:
    assert set(flow_of("def f():\n    global x\n    x = 1").maybe) == {"x"}


def test_lines_stay_those_of_the_cell() -> None:
    flow = flow_of("\n%%time\n\n%matplotlib inline\n!ls \\\n  -l\n%time a = b\nc = d")
    assert [(use.name, use.line) for use in flow.uses if len(use.name) == 1] == [("b", 7), ("d", 8)]
    assert flow.shell == (("ls   -l", 5),)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("exec(text)", "exec"),
        ("globals()['x'] = 1", "globals()"),
        ("globals().update(d)", "globals()"),
        ("from os.path import *", "import *"),
        ("%run other.py", "%run"),
        ("%pylab inline", "%pylab"),
        ("%store -r x", "%store"),
        ("%load_ext somebody_elses", "%load_ext"),
        ("%%cython\ndef f(): pass", "%%cython"),
        ("x = = 1", "code that is no Python"),
        ("if 'x' in globals():\n    x", ""),
        ("print(globals()['x'])", ""),
        ("%load_ext autoreload\n%autoreload 2", ""),
        ("%matplotlib inline", ""),
        ("%store x", ""),
        ("eval('x + 1')", ""),
    ],
)
def test_what_makes_names_uncertain(source: str, reason: str) -> None:
    assert flow_of(source).opaque == reason


def test_a_use_that_is_prepared_for_absence_is_guarded() -> None:
    sources = [
        "try:\n    x\nexcept NameError:\n    x = 1",
        "if 'x' not in globals():\n    x = 1\nelse:\n    x",
    ]
    for source in sources:
        uses = [use for use in flow_of(source).uses if use.name == "x"]
        assert [use.guarded for use in uses] == [True]


def test_changes_in_place() -> None:
    flow = flow_of("a.append(1)\nb[0] = 1\nc.d = 1\ne += 1\nf.look()\ng.head()\nh(i)\nlen(j)")
    assert flow.mutates == {"a", "b", "c", "e"}
    assert flow.may_mutate >= {"f", "h", "i"}
    assert flow.may_mutate.isdisjoint({"g", "j"})


def test_modules_are_no_objects_that_change() -> None:
    flow = flow_of("import numpy as np\nimport pandas as pd\na = np.zeros(3)\nb = pd.concat([a])")
    assert flow.mutates | flow.may_mutate == frozenset()


def test_state_outside_the_namespace() -> None:
    assert RANDOM in flow_of("import numpy as np\nnp.random.seed(0)").may_mutate
    assert SETTINGS in flow_of("import pandas as pd\npd.set_option('a', 1)").may_mutate
    assert FILES in flow_of("df.to_csv('a.csv')").may_mutate
    assert FILES in flow_of("import pandas as pd\npd.read_csv('a.csv')").mentions


@pytest.mark.parametrize(
    "source",
    [
        "\0", "(" * 1000, "-" * 100_000 + "1", "a" + "+a" * 50_000, "\ud800", "x = '\\", "f'{",
        "%", "!", "%%", "?", "%%time", "[" * 150 + "]" * 150, "if 1:\n" * 101,
    ],
    ids=range(14),
)  # fmt: skip
def test_anything_can_be_read(source: str) -> None:
    assert flow_of(source).index == 0
