r"""Where each source line of a notebook stands in its file, however the JSON is laid out.

Annotations on a pull request point at a line of the `.ipynb` file. Jupyter writes one source line
a file line, other tools write a whole cell, or the whole notebook, on one.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\]:,]|[^\s{}\[\]:,"]++', re.DOTALL)
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_DEEPEST = 4
"""Keys above a line of source: `cells`, the cell's index, `source`, the piece's index."""


@dataclass(frozen=True, slots=True)
class CellPlace:
    """Where one cell stands in its file; lines count from 1.

    Attributes:
        start: Line on which the cell's object opens.
        lines: For each line of the source, the line of the file that it begins on.
    """

    start: int
    lines: tuple[int, ...] = ()

    def line(self, source_line: int | None) -> int:
        """Return the file's line of a source line from 1; None means the cell as a whole.

        A source line that the cell does not have gives the nearest one that it has.
        """
        if not self.lines:
            return self.start
        return self.lines[min(max((source_line or 1) - 1, 0), len(self.lines) - 1)]


def cell_places(text: str) -> tuple[CellPlace, ...]:
    r"""Find every cell of a notebook in the text of its file.

    Args:
        text: The file's JSON, as it is on disk. What is no valid JSON gives no error, but the
            cells that can be told.

    Returns:
        One place for each cell in the order of the file, so that the index is the cell's index.

    Example:
        >>> text = '{"cells": [\n {"cell_type": "code",\n  "source": ["a = 1\\n",\n "b"]}]}'
        >>> cell_places(text)
        (CellPlace(start=2, lines=(3, 4)),)
        >>> cell_places(text)[0].line(2)
        4
    """
    breaks = [match.start() for match in re.finditer("\n", text)]
    cells: list[tuple[int, list[tuple[str, int]]]] = []
    for path, start, word in _values(text):
        line = bisect_right(breaks, start) + 1
        match path:
            case ("cells",):
                cells = []  # of two keys of the same name, JSON takes the last
            case ("cells", int()):
                cells.append((line, []))
            case ("cells", int(), "source"):
                cells[-1] = (cells[-1][0], _piece(word, line))
            case ("cells", int(), "source", int()):
                cells[-1][1].extend(_piece(word, line))
            case _:
                continue
    return tuple(CellPlace(start, _lines(pieces)) for start, pieces in cells)


def _values(text: str) -> Iterator[tuple[tuple[str | int | None, ...], int, str]]:
    """Yield path, offset and first token of each value that stands no deeper than a source line."""
    path: list[
        str | int | None
    ] = []  # for each open container a key, an index, or None before a key
    for match in _TOKEN.finditer(text):
        word = match[0]
        inside = path[-1] if path else 0
        if word in "}]":
            del path[-1:]
        elif word == ",":
            path[-1:] = [inside + 1 if isinstance(inside, int) else None] if path else []
        elif word == ":":
            continue
        elif inside is None and word not in "{[":
            path[-1] = _string(word)
        else:
            if len(path) <= _DEEPEST:
                yield tuple(path), match.start(), word
            if word in "{[":
                path.append(None if word == "{" else 0)


def _piece(word: str, line: int) -> list[tuple[str, int]]:
    """Return a piece of source with its line of the file; nothing where it is no string."""
    return [(_string(word), line)] if word.startswith('"') else []


def _lines(pieces: list[tuple[str, int]]) -> tuple[int, ...]:
    """Return the line of the file on which each line of the joined pieces begins."""
    lines: list[int] = []
    ended = True
    for text, line in pieces:
        for part in _LINE.findall(text):
            if ended:
                lines.append(line)
            ended = part.endswith("\n")
    return tuple(lines)


def _string(word: str) -> str:
    try:
        return str(json.loads(word, strict=False))
    except ValueError:
        return word
