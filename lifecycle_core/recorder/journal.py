"""The journal of a live session: what ran, and what is left of it. No value is kept, only digests.

A cell must not notice that it is kept, so a journal never raises and never waits: what goes wrong
becomes a note, and its memory is bounded by dropping the oldest code.
"""

from __future__ import annotations

import ast
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_EXECUTIONS = 5_000
_CHARACTERS = 20_000_000
_NOTES = 20


@dataclass(frozen=True)
class _Entry:
    source: str
    cell_id: str | None
    count: int | None
    ok: bool
    at: float | None
    defined: tuple[str, ...]


class Journal:
    """What one session ran, oldest first. Of code that ran again, the first and the last time.

    Example:
        >>> names = {}
        >>> journal = Journal()
        >>> journal.begin(names)
        >>> names["x"] = 1
        >>> journal.end(names, "x = 1", cell_id="a", count=1, ok=True)
        >>> [(ran["source"], ran["defined"]) for ran in journal.content(names)["executed"]]
        [('x = 1', ['x'])]
    """

    def __init__(self) -> None:
        self._entries: OrderedDict[int, _Entry] = OrderedDict()
        self._runs: dict[tuple[str, str | None], list[int]] = {}
        self._serial = 0
        self._characters = 0
        self._forgotten = 0
        self._notes: list[str] = []
        self._before: dict[str, int] = {}

    def earlier(self, inputs: Iterable[tuple[int, str]]) -> None:
        """Add what ran before the journal began, as count and source."""
        for count, source in inputs:
            defined = tuple(sorted(_bound(source)))
            self._add(_Entry(source, None, count, ok=True, at=None, defined=defined))

    def begin(self, names: Mapping[str, Any]) -> None:
        """Look at the namespace before a cell runs."""
        self._before = {name: id(value) for name, value in names.items()}

    def end(
        self,
        names: Mapping[str, Any],
        source: str,
        *,
        cell_id: str | None,
        count: int | None,
        ok: bool,
    ) -> None:
        """Note a cell that has run, and what it did to the namespace."""
        if not source.strip():
            return
        bound = _bound(source)
        # An id may be used again for the next value of a name, so what is written counts too.
        changed = {n for n, v in names.items() if self._before.get(n) != id(v) or n in bound}
        defined = tuple(sorted(name for name in changed if not name.startswith("_")))
        self._add(_Entry(source, cell_id, count, ok=ok, at=time.time(), defined=defined))

    def note(self, text: str) -> None:
        """Say that something went wrong."""
        if len(self._notes) < _NOTES and text not in self._notes:
            self._notes.append(text)

    def content(self, names: Mapping[str, Any], *, hidden: Iterable[str] = ()) -> dict[str, Any]:
        """Return the journal in the form `nbrelease/session/1`, with what lives in `names` now.

        Args:
            names: The namespace.
            hidden: Names that are not the user's.
        """
        left_out = set(hidden)
        live = {n: v for n, v in names.items() if not n.startswith("_") and n not in left_out}
        return {
            "schema": "nbrelease/session/1",
            "executed": [dict(vars(entry)) for entry in self._entries.values()],
            "variables": {name: _variable(value) for name, value in live.items()},
            "forgotten": self._forgotten,
            "notes": list(self._notes),
        }

    def _add(self, entry: _Entry) -> None:
        runs = self._runs.setdefault((entry.source, entry.cell_id), [])
        if len(runs) > 1:  # the first run tells where it stood, the last what it left
            self._drop(runs.pop())
        self._serial += 1
        runs.append(self._serial)
        self._entries[self._serial] = entry
        self._characters += len(entry.source)
        while len(self._entries) > _EXECUTIONS or self._characters > _CHARACTERS:
            oldest = next(iter(self._entries))
            left = self._entries[oldest]
            known = self._runs[left.source, left.cell_id]
            known.remove(oldest)
            if not known:
                del self._runs[left.source, left.cell_id]
            self._drop(oldest)
            self._forgotten += 1

    def _drop(self, serial: int) -> None:
        self._characters -= len(self._entries.pop(serial).source)


def _variable(value: object) -> dict[str, Any]:
    kind = type(value)
    return {"type": f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")}


def _bound(source: str) -> set[str]:
    """Return the names that a source binds at its top level; none if it is no plain Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    found: set[str] = set()
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name.partition(".")[0])
        elif isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp):
            continue
        waiting.extend(ast.iter_child_nodes(node))
    return found
