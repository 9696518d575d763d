"""Which code a step reaches, and what in it counts."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from lifecycle_core.running.code import code_of

STEP = """
from pipelines.p.shared import used
from local import helper
import data.deep

def load(seed):
    return used(helper(seed))
"""
SHARED = '''
"""Docstring."""
import numpy as np
FACTOR = 2
OTHER = 3

def used(x):
    """Docstring."""
    return inner(x) * FACTOR

def inner(x):
    return np.abs(x)

def unused():
    return OTHER
'''
SOURCES = {
    "pipelines.p": "from pipelines.p.load import load\nfrom pipelines.p.late import late",
    "pipelines.p.load": STEP,
    "pipelines.p.late": "def late(): return 1",
    "pipelines.p.shared": SHARED,
    "pipelines.p.set_up": "import pandas as pd\npd.set_option('a', 1)",
    "local": "from lower import low\ndef helper(x):\n    return low(x)\ndef never(): pass",
    "lower": "def low(x): return x\ndef high(x): return x",
    "data": "",
    "data.deep": "X = 1\ndef f(): return X",
}


def digests(sources: dict[str, str]) -> dict[str, tuple[str, ...]]:
    code = code_of("pipelines.p", "load", sources.get)
    return {name: tuple(one.digest for one in found) for name, found in code.items()}


def test_what_the_names_lead_to_is_reached_and_nothing_else() -> None:
    found = digests(SOURCES)
    assert set(found) == {
        "load", "set_up", "shared", "shared.used", "shared.inner", "local", "local.helper",
        "lower.low", "data.deep",
    }  # fmt: skip
    assert len(found["shared"]) == 2  # numpy, and FACTOR


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        ("pipelines.p.load", "def load(seed):", "# a remark\n\ndef load(seed):  # and another"),
        ("pipelines.p.load", "return used(helper(seed))", "return (used(\n  helper(seed)))"),
        ("pipelines.p.load", "def load(seed):", 'def load(seed):\n    "docstring"'),
        ("pipelines.p.shared", "OTHER = 3", "OTHER = 4"),
        ("pipelines.p.shared", "return OTHER", "return 1"),
        ("pipelines.p.shared", '"""Docstring."""', '"""Other."""'),
        ("pipelines.p.late", "return 1", "return 2"),
        ("lower", "def high(x): return x", "def high(x): return 2 * x"),
    ],
)
def test_what_does_not_matter_changes_nothing(module: str, old: str, new: str) -> None:
    changed = {**SOURCES, module: SOURCES[module].replace(old, new)}
    assert changed != SOURCES
    assert digests(changed) == digests(SOURCES)


@pytest.mark.parametrize(
    ("module", "old", "new", "piece"),
    [
        ("pipelines.p.load", "used(helper(seed))", "used(helper(seed + 1))", "load"),
        ("pipelines.p.load", "def load(seed)", "def load(seed=1)", "load"),
        ("pipelines.p.shared", "FACTOR = 2", "FACTOR = 4", "shared"),
        ("pipelines.p.shared", "np.abs(x)", "np.abs(-x)", "shared.inner"),
        ("pipelines.p.set_up", "1", "2", "set_up"),
        ("lower", "def low(x): return x", "def low(x): return 2", "lower.low"),
        ("data.deep", "X = 1", "X = 2", "data.deep"),
    ],
)
def test_what_matters_changes_the_piece_that_it_stands_in(
    module: str, old: str, new: str, piece: str
) -> None:
    before = digests(SOURCES)
    after = digests({**SOURCES, module: SOURCES[module].replace(old, new)})
    assert [name for name in before if before[name] != after[name]] == [piece]


def test_a_statement_that_moves_into_a_block_counts() -> None:
    inside = {"p.a": "def a(x):\n    if x:\n        x = 1\n        x = 2\n"}
    outside = {"p.a": "def a(x):\n    if x:\n        x = 1\n    x = 2\n"}
    assert code_of("p", "a", inside.get) != code_of("p", "a", outside.get)


def test_an_import_of_a_whole_module_a_star_and_a_relative_one_are_followed() -> None:
    shared = "def f(): return 1\ndef g(): return 2"
    for line in (
        "from p import shared", "from p.shared import *", "from .shared import g",
        "from . import shared", "import p.shared as s",
    ):  # fmt: skip
        sources = {"p.a": f"{line}\ndef a(): pass", "p.shared": shared}
        other = {**sources, "p.shared": shared.replace("2", "3")}
        assert code_of("p", "a", sources.get) != code_of("p", "a", other.get), line


def test_modules_that_import_each_other_end() -> None:
    sources = {"p.a": "import x\ndef a(): pass", "x": "import y", "y": "import x\nz = 1"}
    assert "y" in code_of("p", "a", sources.get)


def test_digests_are_the_same_under_every_hash_seed() -> None:
    program = (
        "from lifecycle_core.running.code import code_of\n"
        "print(code_of('p', 'a', {'p.a': \"def a(x): return x in {'one', 'two', 'six'}\"}.get))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(answers) == 1


LOADED = {
    "p.a": "from lib.use import make\ndef a(): return make('one')",
    "lib": "from .names import NAMES, more\nfrom . import plugins\nmore = more()",
    "lib.names": "NAMES = ['one']\ndef more(): return NAMES\ndef unused(): return 1",
    "lib.base": "class Base:\n    kinds = {}\n"
    "    def __init_subclass__(cls):\n        Base.kinds[1] = cls",
    "lib.use": "from lib.base import Base\nmakers = {}\n"
    "def register(f):\n    makers[f.__name__] = f\ndef make(name): return makers[name](Base)\n"
    "@register\ndef one(base): return 1\ndef other(): return 1",
    "lib.plugins": "from lib.base import Base as B\nfrom functools import cache\n"
    "class One(B):\n    size = 1\n@cache\ndef two(): return 2\nthree = str(3)",
}


@pytest.mark.parametrize(
    ("module", "old", "new", "counts"),
    [
        ("lib.names", "'one'", "'two'", True),
        ("lib.names", "return NAMES", "return None", True),
        ("lib.names", "return 1", "return 2", False),
        ("lib.use", "base): return 1", "base): return 2", True),
        ("lib.use", "other(): return 1", "other(): return 2", False),
        ("lib.plugins", "size = 1", "size = 2", True),
        ("lib.plugins", "return 2", "return 3", False),
        ("lib.plugins", "str(3)", "str(4)", False),
    ],
)
def test_what_loading_a_module_does_counts_though_no_name_leads_to_it(
    module: str,
    old: str,
    new: str,
    counts: bool,  # noqa: FBT001 - of the table
) -> None:
    changed = {**LOADED, module: LOADED[module].replace(old, new)}
    assert changed != LOADED
    before, after = (
        {name: [one.digest for one in found] for name, found in pieces.items()}
        for pieces in (code_of("p", "a", each.get, "lib".__eq__) for each in (LOADED, changed))
    )
    assert (before != after) is counts
