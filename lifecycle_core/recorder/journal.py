"""The journal of a live session: what ran, and what is left of it. No value is kept, only digests.

A cell must not notice that it is kept, so a journal never raises and never waits: what goes wrong
becomes a note, and its memory is bounded by dropping the oldest code.
"""

from __future__ import annotations

import os
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .digests import Digest
from .mentions import bound
from .namespace import Tracker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_EXECUTIONS = 5_000
_CHARACTERS = 20_000_000
_NOTES = 20
_SHARE = 0.05
_ALLOWANCE = 0.25
_LAST_LOOK = 2.0
"""Seconds in which `content` may still read what was too large to be read after its cell."""


@dataclass(frozen=True)
class _Entry:
    source: str
    cell_id: str | None
    count: int | None
    ok: bool
    at: float | None
    defined: list[str]


class Journal:
    """What one session ran, oldest first. Of code that ran again, the first and the last time.

    Args:
        names: The namespace in which cells run.
        folder: The project's, without links, so that paths in it are told as those of its copy
            are; empty leaves them as they are.
        temporary: Where `tempfile` makes up names; empty if that is not known.
        home: The user's, told likewise.
        clock: Gives seconds.

    Example:
        >>> names = {}
        >>> journal = Journal(names)
        >>> journal.begin("x = 1")
        >>> exec("x = 1", names)
        >>> journal.end("x = 1", cell_id="a", count=1, ok=True)
        >>> [(ran["source"], ran["defined"]) for ran in journal.content()["executed"]]
        [('x = 1', ['x'])]
    """

    def __init__(
        self,
        names: dict[str, Any],
        *,
        folder: str = "",
        temporary: str = "",
        home: str = "",
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._names, self._clock = names, clock
        self._tracker = Tracker(
            names,
            share=_SHARE,
            allowance=_ALLOWANCE,
            clock=clock,
            folder=folder,
            temporary=temporary,
            home=home,
        )
        self._running = ""
        self._held: dict[str, Digest] = {}
        self._entries: OrderedDict[int, _Entry] = OrderedDict()
        self._runs: dict[tuple[str, str | None], list[int]] = {}
        self._serial = 0
        self._characters = 0
        self._forgotten = 0
        self._notes: list[str] = []

    def earlier(self, inputs: Iterable[tuple[int, str]]) -> None:
        """Add what ran before the journal began, as count and source."""
        for count, source in inputs:
            defined = sorted(bound(source))
            self._add(_Entry(source, None, count, ok=True, at=None, defined=defined))

    def begin(self, source: str) -> None:
        """Look at the namespace before a cell runs."""
        self._running = source
        self._tracker.before(source)

    def end(self, source: str, *, cell_id: str | None, count: int | None, ok: bool) -> None:
        """Note a cell that has run, and what it did to the namespace."""
        defined: list[str] = []
        try:
            defined = self._look(source)
        finally:  # what ran is kept even where the namespace cannot be looked at
            self._running = ""
            if source.strip():
                self._add(_Entry(source, cell_id, count, ok=ok, at=time.time(), defined=defined))

    def note(self, text: str) -> None:
        """Say that something went wrong."""
        if len(self._notes) < _NOTES and text not in self._notes:
            self._notes.append(text)

    def content(self, *, hidden: Iterable[str] = ()) -> dict[str, Any]:
        """Return the journal in the form `nbrelease/session/1`, with what lives now.

        Args:
            hidden: Names that are not the user's.
        """
        self._look(self._running)
        left_out = set(hidden)
        live = sorted(n for n in self._names if not n.startswith("_") and n not in left_out)
        until = self._clock() + _LAST_LOOK
        return {
            "schema": "nbrelease/session/1",
            "executed": [dict(vars(entry)) for entry in self._entries.values()],
            "variables": {name: self._variable(name, until) for name in live},
            "forgotten": self._forgotten,
            "notes": list(self._notes),
        }

    def _look(self, source: str) -> list[str]:
        """Take in what has changed, and return the names that it changed."""
        changes = self._tracker.after(source)
        self._held.update(changes.variables)
        for name in changes.deleted:
            self._held.pop(name, None)
        return sorted(name for name in changes.variables if not name.startswith("_"))

    def _variable(self, name: str, until: float) -> dict[str, Any]:
        found = self._held.get(name)
        if (found is None or found.text is None) and self._clock() < until:
            found = self._held[name] = self._tracker.whole(self._names[name])
        if found is None:
            kind = type(self._names[name])
            found = Digest(None, kind.__qualname__, "there was no time to read it")
        return {"type": found.type, "digest": found.text, "note": found.note}

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


def project_folder(folder: str) -> str:
    """Return the top of the git work tree that a folder lies in, or else the folder, without links.

    git itself is not asked: that would take longer than most cells.

    Args:
        folder: The notebook's.
    """
    real = os.path.realpath(folder)
    above = real
    while not os.path.exists(os.path.join(above, ".git")):
        above, below = os.path.dirname(above), above
        if above == below:
            return real
    return above
