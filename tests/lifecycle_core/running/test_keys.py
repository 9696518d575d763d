"""Keys, and the reasons why one is not another."""

from __future__ import annotations

from typing import Any

import pytest

from lifecycle_core.running.keys import MISSING, NEVER, key_of, reasons
from lifecycle_core.schema.trace import Ingredients, LastRun, Statement

BASE: dict[str, Any] = {
    "code": {"load": (Statement(digest="a", line=3), Statement(digest="b", line=4))},
    "inputs": {"x": "1"},
    "sources": {"x": "clean"},
    "parameters": {"seed": ("7", "d7")},
    "generators": {"numpy": "s1"},
    "lock": "l",
    "policy": "Python 3.11",
}


def made(**changes: object) -> Ingredients:
    return Ingredients(**{**BASE, **changes})


CHANGES: list[tuple[dict[str, Any], str]] = [
    (
        {"code": {"load": (Statement(digest="a", line=3), Statement(digest="c", line=9))}},
        "code of load changed: line 9",
    ),
    (
        {"code": {"load": (*BASE["code"]["load"], Statement(digest="c", line=5))}},
        "code of load changed: line 5",
    ),
    ({"code": {"load": BASE["code"]["load"][:1]}}, "code of load changed: lines after 3 are gone"),
    ({"code": {**BASE["code"], "shared.f": ()}}, "code of shared.f is new"),
    ({"code": {}}, "code of load is no longer used"),
    ({"inputs": {"x": "2"}}, "input x changed (from clean)"),
    ({"inputs": {}}, "input x is no longer taken"),
    ({"inputs": {"x": "1", "y": "1"}}, "input y is new (from ?)"),
    ({"parameters": {"seed": ("8", "d8")}}, "parameter seed: 7 -> 8"),
    ({"parameters": {}}, "parameter seed is no longer taken"),
    ({"generators": {"numpy": "s2"}}, "state of the generator numpy changed"),
    ({"lock": "m"}, "lock changed"),
    ({"policy": "Python 3.12"}, "surroundings changed: Python 3.11 -> Python 3.12"),
]


@pytest.mark.parametrize(("changes", "reason"), CHANGES)
def test_each_change_makes_another_key_and_is_named(changes: dict[str, Any], reason: str) -> None:
    last = LastRun(key="k", ingredients=made())
    assert key_of("load", made(**changes)) != key_of("load", made())
    assert reasons(made(**changes), last, {}, same_key=False) == (reason,)


def test_lines_sources_and_order_are_no_part_of_a_key() -> None:
    moved = {"load": tuple(Statement(digest=one.digest, line=99) for one in BASE["code"]["load"])}
    assert key_of("load", made(code=moved, sources={})) == key_of("load", made())
    two = {"a": (), "b": ()}
    assert key_of("s", made(code=two)) == key_of("s", made(code=dict(reversed(two.items()))))
    assert key_of("load", made()) != key_of("train", made())


def test_a_step_that_never_ran_and_one_whose_results_are_gone() -> None:
    assert reasons(made(), None, {}, same_key=False) == (NEVER,)
    last = LastRun(key="k", ingredients=made(), files={"a.csv": "1"})
    assert reasons(made(), last, {"a.csv": "1"}, same_key=True) == (MISSING,)
    assert reasons(made(), last, {"a.csv": "2"}, same_key=True) == ("file a.csv changed",)
