r"""A cell's source changed in the text of its notebook file, and not a byte besides.

Reading JSON and writing it again would change indentation, key order, escapes and the last line;
a fix that a person must review shows only what it means.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.file_lines import Piece, source_pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lifecycle_core.notebooks.rules.base import Edit


def edited_lines(source: str, edits: Iterable[Edit]) -> list[str]:
    r"""Apply edits to a cell's source.

    Returns:
        For each line of the source, with its end, the text that takes its place.

    Example:
        >>> from lifecycle_core.notebooks.rules.base import Edit
        >>> edited_lines("a = f()\nb", [Edit(0, 1, 6, "x"), Edit(0, 2, None, "c = 1")])
        ['a = f(x)\n', 'c = 1\nb']
    """
    lines = _lines(source)
    for edit in sorted(set(edits), key=lambda one: (one.line, -(one.column or 0)), reverse=False):
        at = edit.line - 1
        if edit.column is None:
            lines[at] = f"{edit.text}\n{lines[at]}"
            continue
        raw = lines[at].encode()
        before, after = raw[: edit.column], raw[edit.column + edit.remove :]
        text = edit.text.removeprefix(", ") if before.rstrip().endswith(b",") else edit.text
        space = " " if text != edit.text and not before.endswith(b" ") else ""
        lines[at] = (before + (space + text).encode() + after).decode()
    return lines


def replace_sources(text: str, changed: Mapping[int, list[str]]) -> str:
    r"""Put changed sources into the text of a notebook file.

    Args:
        text: The file's text.
        changed: By index of the cell, the text for each line of its source.

    Law: what JSON reads from the result differs from the old in these sources only, and every byte
    outside the strings that hold changed lines stays.

    Example:
        >>> replace_sources('{"cells": [{"source": ["a\\n", "b"]}]}', {0: ["a\n", "c"]})
        '{"cells": [{"source": ["a\\n", "c"]}]}'
    """
    _, pieces = source_pieces(text)
    parts: list[str] = []
    done = 0
    for cell in sorted(changed):
        for piece, fresh in _new_pieces(text, pieces.get(cell, []), changed[cell]):
            parts += [text[done : piece.start], fresh]
            done = piece.end
    return "".join([*parts, text[done:]])


def _new_pieces(text: str, pieces: list[Piece], lines: list[str]) -> Iterable[tuple[Piece, str]]:
    separator = _separator(text, pieces)
    at = 0
    for piece in pieces:
        old = text[piece.start : piece.end]
        mine = "".join(lines[at : at + piece.lines])
        at += piece.lines
        if json.loads(old, strict=False) == mine:
            continue
        several = [mine] if piece.alone else _lines(mine)
        yield piece, separator.join(_quoted(one, like=old) for one in several)


def _quoted(text: str, *, like: str) -> str:
    """Quote a text; beyond ASCII escaped or not as the old one, which may not tell."""
    return json.dumps(text, ensure_ascii=like.isascii())


def _lines(text: str) -> list[str]:
    """Return the lines with their ends; str.splitlines would also part them at form feeds."""
    return [line for line in re.split(r"(?<=\n)", text) if line]


def _separator(text: str, pieces: list[Piece]) -> str:
    """Return what stands between two items of the list of lines, or would."""
    if len(pieces) > 1:
        return text[pieces[0].end : pieces[1].start]
    if not pieces:
        return ", "
    before = text[: pieces[0].start]
    indentation = before[len(before.rstrip()) :]
    return "," + indentation if "\n" in indentation else ", "
