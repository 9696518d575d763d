"""Two texts side by side, line by line, with the words that differ marked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal

from lifecycle_core.adapters.rendering.plain import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Piece = tuple[str, bool]
"""A stretch of a line, and whether it differs from the other side."""

_LINES = 200
_COLUMNS = 400
_CONTEXT = 2
_WORD = re.compile(r"\d+(?:[.,:/-]\d+)*(?:[eE][+-]?\d+)?|\w+|\s+|[^\w\s]")
"""A number, a date and a time are one word: half a number says nothing."""
_WORDS = 250
_ALIKE = 0.3


@dataclass(frozen=True, slots=True)
class Row:
    """A line of both texts.

    Attributes:
        kind: `same`, `changed`, or `gap`: lines that are the same and left out.
        number: Line of the first text, from 1; of the second where the first has none; of a gap
            how many lines it stands for.
        left: The pieces of the first text's line, or None where it has none.
        right: Likewise of the second.
    """

    kind: Literal["same", "changed", "gap"]
    number: int
    left: tuple[Piece, ...] | None = None
    right: tuple[Piece, ...] | None = None


def side_by_side(stored: str, fresh: str) -> tuple[Row, ...]:
    r"""Compare two texts of up to 200 lines each; what is longer is cut.

    Example:
        >>> for row in side_by_side("a\nb 1", "a\nb 2"):
        ...     print(row.kind, row.number, row.left, row.right)
        same 1 (('a', False),) (('a', False),)
        changed 2 (('b ', False), ('1', True)) (('b ', False), ('2', True))
    """
    left, right = _lines(stored), _lines(fresh)
    rows: list[Row] = []
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            same = [
                Row("same", a + offset + 1, ((line, False),), ((line, False),))
                for offset, line in enumerate(left[a:b])
            ]
            rows += _folded(same, first=a == 0, last=b == len(left))
            continue
        for offset, (old, new) in enumerate(zip_longest(left[a:b], right[c:d])):
            number = (a if old is not None else c) + offset + 1
            rows.append(Row("changed", number, *_marked(old, new)))
    return tuple(rows)


def _lines(text: str) -> list[str]:
    lines = text.split("\n") if text else []
    cut = [line if len(line) <= _COLUMNS else line[:_COLUMNS] + "…" for line in lines[:_LINES]]
    return [visible(line) for line in cut] + (["…"] if len(lines) > _LINES else [])


def _folded(same: list[Row], *, first: bool, last: bool) -> list[Row]:
    """Leave out the lines in the middle of a long stretch that is the same on both sides."""
    head = 1 if first else _CONTEXT  # the first line often names the columns
    tail = 0 if last else _CONTEXT
    left_out = len(same) - head - tail
    if left_out <= _CONTEXT:
        return same
    return [*same[:head], Row("gap", left_out), *same[len(same) - tail :]]


def _marked(
    old: str | None, new: str | None
) -> tuple[tuple[Piece, ...] | None, tuple[Piece, ...] | None]:
    """Return both lines in pieces; lines that are hardly alike differ as a whole."""
    if old is None or new is None:
        return _whole(old), _whole(new)
    words = _WORD.findall(old), _WORD.findall(new)
    if max(map(len, words)) > _WORDS:
        return _whole(old), _whole(new)
    matcher = SequenceMatcher(None, *words, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return _whole(old), _whole(new)
    codes = matcher.get_opcodes()
    return (
        tuple(_pieces(words[0], ((kind, a, b) for kind, a, b, _, _ in codes))),
        tuple(_pieces(words[1], ((kind, c, d) for kind, _, _, c, d in codes))),
    )


def _pieces(words: Sequence[str], codes: Iterator[tuple[str, int, int]]) -> Iterator[Piece]:
    for kind, start, end in codes:
        if start < end:
            yield "".join(words[start:end]), kind != "equal"


def _whole(line: str | None) -> tuple[Piece, ...] | None:
    return None if line is None else ((line, True),)
