"""The file of facts that the recorder left, read back into values.

The notebook could have written into that file too, and the kernel may have died in the middle of a
line. So every line is checked by itself, what does not fit is left out, and only so much is read.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lifecycle_core.notebooks.facts import CellFacts, Facts, Site, Variable
from lifecycle_core.recorder.log import MORE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import BinaryIO

_MOST_BYTES = 64 * 1024**2
_MOST_LINES = 200_000
_MOST_CELLS = 1_000_000
_TEXT = 4_096
_SITES = frozenset(
    {"reads", "writes", "refused", "absent", "random", "clock", "network", "processes", "threads",
     "warnings"}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What a file of facts held.

    Attributes:
        facts: The facts.
        begun: For each cell that started, by index: the names of its compiled files, and by how
            much a line in them is less than the line in the cell.
    """

    facts: Facts
    begun: Mapping[int, Mapping[str, int]]


def read_recorded(file: BinaryIO) -> Recorded:
    r"""Read the facts of a run.

    Args:
        file: Open for reading bytes; JSON lines, of which those that do not fit are left out.

    Example:
        >>> import io
        >>> line = b'{"kind": "clock", "cell": 2, "line": 1, "what": "time.time"}\n{"cut'
        >>> read_recorded(io.BytesIO(line)).facts.clock
        (Site(cell=2, line=1, what='time.time', path='', library=''),)
    """
    sites: dict[str, list[Site]] = {kind: [] for kind in _SITES}
    beyond: dict[str, dict[int, None]] = {}
    cells: dict[int, CellFacts] = {}
    begun: dict[int, dict[str, int]] = {}
    modules: set[str] = set()
    lines = _Lines(file)
    last = -1
    for fact in lines:
        kind = _text(fact.get("kind"))
        cell = fact.get("cell")
        if kind == "module":
            if name := _text(fact.get("what")):
                modules.add(name)
            continue
        if not isinstance(cell, int) or not -1 <= cell < _MOST_CELLS:
            continue
        last = cell
        if kind in _SITES:
            site = _site(cell, fact)
            if site == Site(cell=cell, what=MORE):
                beyond.setdefault(kind, {})[cell] = None
            else:
                sites[kind].append(site)
        elif kind == "begin":
            shift = fact.get("shift")
            if isinstance(shift, int):
                begun.setdefault(cell, {})[_text(fact.get("file"))] = shift
        elif kind == "cell":
            cells[cell] = _merged(cells.get(cell), _cell(fact))
    facts = Facts(
        cells=cells,
        modules=frozenset(modules),
        beyond={kind: tuple(found) for kind, found in beyond.items()},
        cut_in=last if lines.cut else None,
        **{kind: tuple(found) for kind, found in sites.items()},
    )
    return Recorded(facts=facts, begun=begun)


class _Lines:
    """The JSON objects of a file; `cut` tells whether there were too many."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.cut = False

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        left = _MOST_BYTES
        for _ in range(_MOST_LINES):
            line = self._file.readline(left)
            if not line:
                self.cut = left == 0 and bool(self._file.readline(1))
                return
            left -= len(line)
            try:
                fact = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(fact, dict):
                yield fact
        self.cut = bool(self._file.readline(1))


def _site(cell: int, fact: Mapping[str, Any]) -> Site:
    line = fact.get("line")
    return Site(
        cell=cell,
        line=line if isinstance(line, int) and 0 < line < _MOST_CELLS else None,
        what=_text(fact.get("what")),
        path=_text(fact.get("path")),
        library=_text(fact.get("library")),
    )


def _cell(fact: Mapping[str, Any]) -> CellFacts:
    variables = fact.get("variables")
    groups = fact.get("aliases")
    seconds = fact.get("seconds")
    return CellFacts(
        variables={
            _text(name): _variable(value)
            for name, value in (variables if isinstance(variables, dict) else {}).items()
            if isinstance(value, dict)
        },
        deleted=_names(fact.get("deleted")),
        aliases=tuple(
            names
            for group in (groups if isinstance(groups, list) else ())
            if (names := _names(group))
        ),
        generators=_states(fact.get("generators")),
        seconds=float(seconds) if isinstance(seconds, int | float) and seconds >= 0 else 0.0,
    )


def _variable(value: Mapping[str, Any]) -> Variable:
    digest = value.get("digest")
    return Variable(
        type=_text(value.get("type")),
        digest=digest if isinstance(digest, str) else None,
        note=_text(value.get("note")),
    )


def _states(value: object) -> dict[str, tuple[str, str]]:
    """Return the states before and after, by library, of those that are two texts."""
    found = {}
    for name, states in (value if isinstance(value, dict) else {}).items():
        if isinstance(states, list) and len(states) == 2 and all(map(_text, states)):  # noqa: PLR2004 - before and after
            found[_text(name)] = (_text(states[0]), _text(states[1]))
    return found


def _merged(earlier: CellFacts | None, later: CellFacts) -> CellFacts:
    """Put together what two runs of one index did: parameters are injected into their cell."""
    if earlier is None:
        return later
    left = {k: v for k, v in earlier.variables.items() if k not in later.deleted}
    return CellFacts(
        variables={**left, **later.variables},
        deleted=(
            *(name for name in earlier.deleted if name not in later.variables),
            *later.deleted,
        ),
        aliases=later.aliases,
        generators={
            **earlier.generators,
            **{
                name: (earlier.generators.get(name, states)[0], states[1])
                for name, states in later.generators.items()
            },
        },
        seconds=earlier.seconds + later.seconds,
    )


def _text(value: object) -> str:
    return value[:_TEXT] if isinstance(value, str) else ""


def _names(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(name[:_TEXT] for name in value if isinstance(name, str))
