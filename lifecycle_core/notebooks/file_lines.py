r"""From a cell and a line in it to the line of the `.ipynb` file where that line stands.

Annotations on a pull request point at lines of the file. JSON parsers forget positions, so the
text is gone through once more: strings and brackets are stepped over, and the places where the
lines of `cells[i].source` begin are kept. Linear in the length of the text.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import NamedTuple

_TOKEN = re.compile(r'(?P<text>"(?:[^"\\]++|\\.)*+")(?P<key>\s*:)?|(?P<mark>[\[\]{}])', re.DOTALL)
_OF_NOTEBOOK, _OF_CELL, _OF_SOURCE = 1, 3, 4  # how many brackets are open there


class FileLines:
    r"""The places of the cells' lines in the text of a notebook file that JSON can read.

    Example:
        >>> text = '{\n "cells": [\n  {"source": [\n    "a = 1\\n",\n    "b"\n  ]}]}'
        >>> lines = FileLines(text)
        >>> lines.line(0, 1), lines.line(0, 2)
        (4, 5)
    """

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._cells, pieces = source_pieces(text)
        self._sources = {
            cell: [piece.start for piece in each for _ in range(piece.lines)]
            for cell, each in pieces.items()
        }

    def line(self, cell: int, line: int | None = None) -> int:
        """Return the line in the file, from 1, of a line in a cell, from 1.

        Without a line it is where the cell's source begins; for a cell that is not there, 1.
        """
        places = self._sources.get(cell)
        if places:
            position = places[min(line or 1, len(places)) - 1]
        elif 0 <= cell < len(self._cells):
            position = self._cells[cell]
        else:
            position = 0
        return bisect_right(self._starts, position)


class Piece(NamedTuple):
    """A string of the file that holds lines of a cell's source.

    Attributes:
        start: Where it begins in the file's text, at its quote.
        end: Where it ends, after its quote.
        lines: How many lines of source it holds.
        alone: It is the whole source, not an item of a list of lines.
    """

    start: int
    end: int
    lines: int
    alone: bool


def source_pieces(text: str) -> tuple[list[int], dict[int, list[Piece]]]:
    """Return where each cell begins, and for each cell the strings that make up its source."""
    cells: list[int] = []
    sources: dict[int, list[Piece]] = {}
    opened: list[str] = []
    section = field = ""
    for match in _TOKEN.finditer(text):
        depth = len(opened)
        inside = section == "cells" and opened[1:3] == ["[", "{"]
        if mark := match["mark"]:
            if mark in "{[":
                opened.append(mark)
                if section == "cells" and opened[1:] == ["[", "{"]:
                    cells.append(match.start())
                    field = ""
            elif opened:
                opened.pop()
        elif match["key"]:
            if depth == _OF_NOTEBOOK:
                section = json.loads(match["text"], strict=False)
            elif depth == _OF_CELL and inside:
                field = json.loads(match["text"], strict=False)
        elif inside and field == "source" and depth in {_OF_CELL, _OF_SOURCE}:
            source = json.loads(match["text"], strict=False)
            lines = source.count("\n") + (not source.endswith("\n"))
            piece = Piece(match.start("text"), match.end("text"), lines, depth == _OF_CELL)
            sources.setdefault(len(cells) - 1, []).append(piece)
    return cells, sources
