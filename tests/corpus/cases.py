"""All cases by name: the clean bases, the faults and the harmless variations."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from tests.corpus.bases import BASES
from tests.corpus.case import Case

if TYPE_CHECKING:
    from collections.abc import Mapping

MODULES = (
    "tests.corpus.faults.randomness",
    "tests.corpus.faults.ordering",
    "tests.corpus.faults.world",
    "tests.corpus.faults.hidden_state",
    "tests.corpus.faults.orders",
    "tests.corpus.faults.surroundings",
    "tests.corpus.faults.files",
    "tests.corpus.faults.places",
    "tests.corpus.faults.endings",
    "tests.corpus.faults.several",
    "tests.corpus.harmless.seeded",
    "tests.corpus.harmless.noise",
    "tests.corpus.harmless.displays",
)


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
