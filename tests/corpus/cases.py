"""All cases by name: the clean bases, the faults and the harmless variations."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from tests.corpus.bases import BASES
from tests.corpus.case import Case

if TYPE_CHECKING:
    from collections.abc import Mapping

MODULES = ("tests.corpus.faults.randomness",)


def all_cases() -> Mapping[str, Case]:
    """Return every case by its name.

    Raises:
        ValueError: Two cases share a name.
    """
    cases = [Case(name=name, base=name, why="Nothing is wrong with it.") for name in BASES]
    for module in MODULES:
        cases += import_module(module).CASES
    named = {case.name: case for case in cases}
    if len(named) != len(cases):
        raise ValueError("Two cases share a name.")
    return named
