"""All cases by name."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.pipelines.case import Case

MODULES = (
    "stepping",
    "imports",
    "functions",
    "classes",
    "scopes",
    "names",
    "control",
    "mutation",
    "estimators",
    "unserialisable",
    "randomness",
    "files",
    "settings",
    "displays",
    "magics",
    "queries",
    "refused",
    "tutorials",
)


def all_cases() -> Mapping[str, Case]:
    """Return every case by its name.

    Raises:
        ValueError: Two cases share a name.
    """
    cases: list[Case] = []
    for module in MODULES:
        if (
            not __import__("pathlib").Path(__file__).with_name(module + ".py").exists()
            and module != "tutorials"
        ):
            continue
        cases += import_module(f"tests.pipelines.cases.{module}").CASES
    named = {case.name: case for case in cases}
    if len(named) != len(cases):
        raise ValueError("Two cases share a name.")
    return named
