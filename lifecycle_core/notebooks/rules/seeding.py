"""When the global generators are seeded, and whether a seed is one; what the NB3xx rules share."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from lifecycle_core.notebooks import randomness
from lifecycle_core.notebooks.rules.ordering import is_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.calls import Call
    from lifecycle_core.notebooks.rules.base import Spot
    from lifecycle_core.notebooks.rules.view import View

_UNSTABLE = ("time.", "datetime.", "uuid.", "secrets.", "os.getpid", "os.urandom", "os.times",
    "random.", "numpy.random.")  # fmt: skip
_UNSTABLE_BUILTINS = frozenset({"hash", "id"})


@dataclass(frozen=True, slots=True)
class Unread:
    """What may seed any global generator, in code that is not read here.

    Attributes:
        at: Its place in the order of the calls.
        name: As a reader knows it.
        likely: Nothing else comes of it that the notebook uses.
    """

    at: tuple[int, int, int]
    name: str
    likely: bool


@dataclass(frozen=True)
class Seeding:
    """Where each library's global generator is seeded: the order of the call, by library.

    Attributes:
        first: By library, the first call that surely seeds it.
        view: The notebook.
    """

    first: dict[str, tuple[int, int, int]]
    view: View

    @cached_property
    def unread(self) -> tuple[Unread, ...]:
        """What may seed besides; looked for where something draws."""
        return tuple(_unread(self.view))

    def covers(self, library: str, call: Call) -> bool:
        """Tell whether a call that draws from a global generator comes after its seed."""
        seeded = self.first.get(library)
        return seeded is not None and _before(seeded, call, self.view)

    def sure(self, call: Call) -> bool:
        """Tell whether all that runs before a call is known to seed nothing but what is found."""
        return not any(_before(one.at, call, self.view) for one in self.unread)

    def hedged(self, spot: Spot, call: Call) -> Spot:
        """Return what is said of a draw: a note if code that is not read here may have seeded."""
        names = [one.name for one in self.unread if one.likely and _before(one.at, call, self.view)]
        if not names:
            return spot
        return replace(
            spot,
            severity="info",
            message=f"{spot.message}; `{names[0]}`, which is not read here, may have seeded before",
            hint=f"Unless that seeds: {spot.hint[0].lower()}{spot.hint[1:]}",
        )


def _place(call: Call, runs: int) -> tuple[int, int, int]:
    """Return where a call stands in their order, given the cell that runs it."""
    return (runs, 0, 0) if call.within else (call.cell, call.line, call.node.col_offset)


def _before(at: tuple[int, int, int], call: Call, view: View) -> bool:
    runs = view.runs_in(call)
    if runs is None:
        return True  # nothing runs it
    if call.within:
        return at[0] <= runs
    return at <= (call.cell, call.line, call.node.col_offset)


def seedings(view: View) -> Seeding:
    """Find the first good seed of each library, and what may seed unseen."""
    first: dict[str, tuple[int, int, int]] = {}
    for call in view.calls:
        runs = view.runs_in(call)
        if runs is None:
            continue
        at = _place(call, runs)
        for library in _seeded(call, view):
            first[library] = min(first.get(library, at), at)
    return Seeding(first, view)


def _unread(view: View) -> Iterator[Unread]:
    """Yield modules of the project, calls of libraries that are not known, and seeds handed on."""
    for flow in view.dataflow.flows:
        for one in flow.imports:
            if _is_own(one.module, view):
                yield Unread((flow.index, one.line, 0), one.module, one.name == "*")
        for magic in view.dataflow.parsed[flow.index].magics:
            if magic.name == "run":
                yield Unread((flow.index, magic.line, 0), f"%run {magic.text}"[:60], likely=True)
    yield from _unread_calls(view)
    yield from _handed_on(view)


def _unread_calls(view: View) -> Iterator[Unread]:
    for call in view.calls:
        runs = view.runs_in(call)
        known = not call.name or "." not in call.name.lstrip(".") or not _foreign(call.name)
        if known or runs is None or call.name in randomness.SEEDS:
            continue
        discarded = bool(call.stack) and isinstance(call.stack[-1], ast.Expr)
        yield Unread(_place(call, runs), call.name, discarded and _is_own(call.name, view))


def _handed_on(view: View) -> Iterator[Unread]:
    """Yield functions that seed where they are named and not called."""
    functions = {id(call.node.func) for call in view.calls}
    for cell, tree in view.trees.items():
        if tree is None or "seed" not in view.cell[cell].source:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute | ast.Name) and id(node) not in functions:
                name = view.resolve(node)
                if name in randomness.SEEDS:
                    yield Unread((cell, node.lineno, node.col_offset), name, likely=True)


def _foreign(name: str) -> bool:
    """Tell whether a name is of a module of which it is not known what it seeds."""
    top = name.partition(".")[0]
    return top not in sys.stdlib_module_names and top not in randomness.SEED_NOTHING


def _is_own(name: str, view: View) -> bool:
    """Tell whether a name is of a module of the project, beside the notebook or found by path."""
    top = name.partition(".")[0]
    return _foreign(name) and (
        not top
        or not view.installed(top)
        or view.exists(f"{top}.py")
        or view.exists(f"{top}/__init__.py")
    )


def _seeded(call: Call, view: View) -> tuple[str, ...]:
    name = call.name or call.method
    if name in randomness.SEEDS:
        seed = call.argument(0, "seed", "a")
        return randomness.SEEDS[name] if seed is not None and not unstable(seed, view) else ()
    if not randomness.SEEDS_ALL.fullmatch(name) or not call.name:
        return ()  # a function of the notebook's own is read where it calls a library
    return randomness.ALL


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
            if name in _UNSTABLE_BUILTINS and _hashes_text(name, inner, view):
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


def _hashes_text(name: str, node: ast.Call, view: View) -> bool:
    """Tell whether the result depends on the hash seed; numbers hash the same everywhere."""
    return name == "id" or not (node.args and is_number(node.args[0], view))
