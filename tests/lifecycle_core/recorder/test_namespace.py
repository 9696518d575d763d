"""What the tracker reports of each cell."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_core.recorder.digests import TEMPORARY, digest
from lifecycle_core.recorder.namespace import Changes, Tracker

if TYPE_CHECKING:
    from pathlib import Path


class Session:
    """Cells run in a namespace with a tracker around them."""

    def __init__(self, **arguments: Any) -> None:  # noqa: ANN401  # the tracker's
        self.space: dict[str, Any] = {"__name__": "__main__"}
        self.tracker = Tracker(self.space, **arguments)

    def run(self, source: str) -> Changes:
        self.tracker.before(source)
        exec(source, self.space)  # noqa: S102  # as a cell runs
        return self.tracker.after(source)

    def names(self, source: str) -> list[str]:
        return list(self.run(source).variables)


@pytest.fixture
def session() -> Session:
    return Session()


def test_new_and_rebound_names_are_reported(session: Session) -> None:
    assert session.names("x, y = 1, [2]") == ["x", "y"]
    assert session.names("x = 1") == ["x"]
    assert session.names("z = x + len(y)") == ["z"]
    assert session.names("for i in range(3):\n    y[0] += i") == ["i", "y"]
    assert session.names("import os.path as p, json") == ["json", "p"]
    assert session.names("print(end='')") == []


def test_removed_names_are_reported(session: Session) -> None:
    session.run("x, y = 1, 2")
    assert session.run("del x").deleted == ("x",)
    assert session.run("pass").deleted == ()


@pytest.mark.parametrize(
    ("before", "cell", "names"),
    [
        ("rows = [[1]]; first = rows[0]", "first.append(2)", ["first", "rows"]),
        ("rows = [[1]]; first = rows[0]", "first.append(2); first = None", ["first", "rows"]),
        ("rows = [[1]]; first = rows[0]", "first.append(2); del first", ["rows"]),
        ("rows = []\ndef add(): rows.append(1)", "add()", ["rows"]),
        ("rows = []\ndef add(): rows.append(1)\ndef f(): add()", "f()", ["rows"]),
        ("rows = []\ndef add(): rows.append(1)\nsteps = [add]", "steps[0]()", ["rows"]),
        ("def m():\n  n = [0]\n  def f(): n[0] += 1\n  return f\nf = m()", "f()", ["f"]),
        ("n = 0\ndef f():\n    global n\n    n += 1", "f()", ["n"]),
        ("rows = []\nclass A:\n    def add(self): rows.append(1)\na = A()", "a.add()", ["rows"]),
        ("class A: pass\na = A(); b = {'a': a}", "a.x = 1", ["a", "b"]),
        ("import functools as t\nr = []\ndef g(): r.append(1)\nf = t.partial(g)", "f()", ["r"]),
        ("x = [1]", "exec('x.append(2)')", ["x"]),
        ("x = [1]", "exec('yy' + ' = 3')", ["yy"]),
        ("import numpy as np\na = np.zeros((3, 3)); v = a[1]", "v[0] = 1", ["a", "v"]),
        ("import numpy as np\na = np.zeros(3); o = [a]", "a += 1", ["a", "o"]),
        ("import pandas as p\nd = p.DataFrame({'a': [1]}); h = {1: d}", "d['b'] = 1", ["d", "h"]),
        ("import pandas as pd\nd = pd.DataFrame({'a': [1]})", "d.describe()", []),
        ("import random\nr = random.Random(1)", "r.random()", ["r"]),
    ],
)  # fmt: skip
def test_changes_in_place_are_found(
    session: Session, before: str, cell: str, names: list[str]
) -> None:
    session.run(before)
    assert session.names(cell) == names


def test_names_of_ipython_are_left_out(session: Session) -> None:
    source = "In = Out = _ = __ = _i = _i1 = _12 = _oh = _dh = _iii = exit = quit = get_ipython = 1"
    assert session.names(f"{source}; _mine = 1") == ["_mine"]


def test_magics_are_no_error(session: Session) -> None:
    session.space["y"] = [1]
    session.tracker.before("%time y.append(1)")
    session.space["y"].append(1)
    assert list(session.tracker.after("%time y.append(1)").variables) == ["y"]


def test_aliases_are_groups_of_names(session: Session) -> None:
    found = session.run(
        "a = b = []; c = []; s = t = 'x'; f = g = print; m = n = (1,); k = l = 10**9"
    )
    assert found.aliases == (("a", "b"),)
    found = session.run("import numpy as np\nx = np.zeros(4); v = x[:2]; w = x.copy(); u = x")
    assert ("u", "v", "x") in found.aliases
    assert not any("w" in group for group in found.aliases)


def test_values_without_digest_are_reported_with_the_reason(session: Session) -> None:
    found = session.run("g = (i for i in 'ab'); f = open(__import__('os').devnull)")
    assert {name: made.note for name, made in found.variables.items()} == {
        "f": "an open file",
        "g": "a generator is consumed by reading",
    }
    assert session.space["g"].__next__() == "a"
    session.space["f"].close()


def test_large_values_that_nothing_touches_are_not_read_again(
    monkeypatch: pytest.MonkeyPatch, session: Session
) -> None:
    read: list[int] = []

    def counted(value: Any, *rest: Any) -> Any:  # noqa: ANN401  # as digest
        read.append(id(value))
        return digest(value, *rest)

    monkeypatch.setattr("lifecycle_core.recorder.namespace.digest", counted)
    session.run("import numpy as np\nbig = np.zeros(1000); held = [big]; other = np.ones(3)")
    read.clear()
    session.run("other += 1; x = 2")
    assert id(session.space["big"]) not in read
    assert id(session.space["held"]) not in read


def test_values_live_no_longer_than_without_it(session: Session) -> None:
    session.run("class A: pass\na = A(); b = [a]")
    gone = weakref.ref(session.space["a"])
    session.tracker.before("del a, b")
    del session.space["a"], session.space["b"]
    gc.collect()
    assert gone() is None
    assert session.tracker.after("del a, b").deleted == ("a", "b")


def test_an_array_is_not_referred_to(session: Session) -> None:
    # `resize` refuses while anything refers to an array, also weakly.
    session.run("import numpy\nfew = numpy.arange(4)\nrows = numpy.recarray(4, [('a', int)])")
    assert [weakref.getweakrefcount(session.space[name]) for name in ("few", "rows")] == [0, 0]
    assert session.names("few[0] = 5") == ["few"]


def test_beyond_its_share_of_the_time_only_small_values_are_read() -> None:
    ticks = iter(range(10**6))
    session = Session(share=0.0, allowance=0.0, clock=lambda: float(next(ticks)))
    session.run("x = 1")
    found = session.run("small = [1]; large = list(range(2_000_000))").variables
    assert found["small"].text is not None
    assert found["large"].text is None
    assert "share of the time" in found["large"].note


def test_hostile_values_stop_no_cell(session: Session) -> None:
    source = """
class Meta(type):
    def __hash__(self): raise SystemExit
    def __eq__(self, other): raise SystemExit
    def __getattribute__(self, name): raise SystemExit
class Bad(metaclass=Meta):
    def __getattribute__(self, name): raise SystemExit
    def __eq__(self, other): raise SystemExit
    def __len__(self): raise SystemExit
    def __bool__(self): raise SystemExit
    __class__ = property(lambda self: 1 / 0)
bad = Bad()
worse = [bad, {"bad": bad}]
"""
    assert session.names(source) == ["Bad", "Meta", "bad", "worse"]
    assert session.run("bad; worse").variables == {}


def test_a_name_that_tempfile_made_up_has_no_digest(tmp_path: Path) -> None:
    session = Session(temporary=str(tmp_path))
    source = f"""
import tempfile
from pathlib import Path
owner = tempfile.TemporaryDirectory(dir={str(tmp_path)!r})
place = Path(owner.name)
text = str(place / "a.csv")
other = {str(tmp_path / "a.csv")!r}
owner.cleanup()
"""
    found = session.run(source).variables
    assert {name for name in found if found[name].text is None} == {"owner", "place", "text"}
    assert (found["place"].type, found["place"].note) == ("pathlib.PosixPath", TEMPORARY)
    assert Session().run("place = '/t/tmpab12cd34'").variables["place"].text is not None


def test_what_existed_before_is_reported_once_a_cell_touches_it() -> None:
    space: dict[str, Any] = {"old": [1], "__name__": "__main__"}
    tracker = Tracker(space)
    assert tracker.after("x = 1").variables == {}
    assert list(tracker.after("old").variables) == ["old"]
    assert tracker.after("old").variables == {}


TWICE = """
from lifecycle_core.recorder.digests import TEMPORARY, digest
from lifecycle_core.recorder.namespace import Tracker
space = {"__name__": "__main__"}
tracker = Tracker(space)
for source in ["a = {'x', 'y', 'z'}; b = [a]", "a.add('w')", "class A: pass\\nc = A(); c.s = a"]:
    tracker.before(source)
    exec(source, space)
    changes = tracker.after(source)
    print(changes.variables, changes.aliases)
"""


def test_two_runs_report_the_same() -> None:
    printed = {
        subprocess.run(
            [sys.executable, "-c", TWICE],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


def test_where_the_home_lies_is_no_part_of_a_value() -> None:
    digests = []
    for home in ("/run/r1/home", "/run/r2/home"):
        space: dict[str, object] = {}
        tracker = Tracker(space, home=home)
        tracker.before("data = ...")
        space["data"] = PurePosixPath(home, "data", "clients.csv")
        digests.append(tracker.after("data = ...").variables["data"].text)
    assert digests[0] is not None
    assert digests[0] == digests[1]
