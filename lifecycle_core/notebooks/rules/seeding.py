"""When the global generators are seeded, and whether a seed is one; what the NB3xx rules share."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifecycle_core.notebooks import randomness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.calls import Call
    from lifecycle_core.notebooks.rules.view import View

_UNSTABLE = ("time.", "datetime.", "uuid.", "secrets.", "os.getpid", "os.urandom", "os.times",
    "random.", "numpy.random.")  # fmt: skip
_UNSTABLE_BUILTINS = frozenset({"hash", "id"})


@dataclass(frozen=True, slots=True)
class Seeding:
    """Where each library's global generator is seeded: the order of the call, by library."""

    first: dict[str, tuple[int, int, int]]

    def covers(self, library: str, call: Call, view: View) -> bool:
        """Tell whether a call that draws from a global generator comes after its seed."""
        seeded = self.first.get(library)
        if seeded is None:
            return False
        runs = view.runs_in(call)
        if runs is None:
            return True  # nothing runs it
        if call.within:
            return seeded[0] <= runs
        return seeded <= (call.cell, call.line, call.node.col_offset)


def seedings(view: View) -> Seeding:
    """Find the first good seed of each library."""
    first: dict[str, tuple[int, int, int]] = {}
    for call in view.calls:
        runs = view.runs_in(call)
        if runs is None:
            continue
        at = (runs, 0, 0) if call.within else (call.cell, call.line, call.node.col_offset)
        for library in _seeded(call, view):
            first[library] = min(first.get(library, at), at)
    return Seeding(first)


def _seeded(call: Call, view: View) -> tuple[str, ...]:
    name = call.name or call.method
    if name in randomness.SEEDS:
        seed = call.argument(0, "seed", "a")
        return randomness.SEEDS[name] if seed is not None and not unstable(seed, view) else ()
    defined_here = any(flow.binds(name) and not flow.imports for flow in view.dataflow.flows)
    if randomness.SEEDS_ALL.fullmatch(name) and not defined_here:
        return randomness.ALL
    return ()


def seed_calls(view: View) -> Iterator[tuple[Call, ast.expr | None]]:
    """Yield the calls that seed a global generator, and the seed; None if there is none."""
    for call in view.calls:
        if call.name in randomness.SEEDS and "state" not in call.name and not call.spread:
            yield call, call.argument(0, "seed", "a")


def is_none(node: ast.expr | None, view: View) -> bool:
    """Tell whether an argument is absent or None, directly or by a variable given once."""
    if node is None:
        return True
    found = view.value(node)
    return isinstance(found, ast.Constant) and found.value is None


def unstable(node: ast.expr, view: View, depth: int = 0) -> str:
    """Return what makes a seed differ from run to run, such as `time.time`; empty if nothing."""
    if is_none(node, view):
        return "None"
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            name = view.resolve(inner.func)
            if name in _UNSTABLE_BUILTINS and _hashes_text(name, inner):
                return name
            if (
                name.startswith(_UNSTABLE)
                and not name.startswith("datetime.timedelta")
                and (not name.startswith(("random.", "numpy.random.")))
            ):
                return name
        elif isinstance(inner, ast.Name) and depth < 4:  # noqa: PLR2004 - names made of names
            given = view.values(inner.id)
            if len(given) == 1 and (found := unstable(given[0][1], view, depth + 1)) not in {
                "",
                "None",
            }:
                return found
    return ""


def _hashes_text(name: str, node: ast.Call) -> bool:
    """Tell whether the result depends on the hash seed; numbers hash the same everywhere."""
    return name == "id" or not (
        node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, int | float)
    )
