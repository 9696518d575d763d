"""Numbers that nearly agree: in text, in HTML, and anywhere in JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from lifecycle_core.notebooks.equality import first_difference

_NUMBER = re.compile(
    r"(?<![\w.])(-?(?:\d+\.\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+))"
    r"(?![\w]|\.\d)"
)
_SPACES = re.compile(r"[ \t]+")
_EPSILON = 2.0**-52
_NOISE = 16 * _EPSILON
"""Share of an array's largest number below which its other numbers hold no information.

A sum, product or solution in double precision whose terms are of size s is known to a few times
`_EPSILON * s`, whatever its own size: 1e-17 beside 1.0 is rounding, and so is 3e-17. Two such
numbers are therefore compared with the scale of the array that they stand in: their difference is
divided by its largest number, not by themselves. That is far below any useful `rtol`, and with an
`rtol` of 0 they still differ. It holds in one list of JSON, and in the lines of one pair of square
brackets in text, where numbers are known to belong together.
"""
_INFINITE = float("inf")
_NEAR = 20_000
"""Characters before the first difference in which the array's opening bracket is looked for."""
_DEEPEST = 12
_Path = tuple[Any, Any] | None
_LONGEST = 20_000_000
"""Characters of a differing part beyond which its numbers are not compared: then it differs."""


@dataclass(frozen=True, slots=True)
class RelativeError:
    """How far apart two values are that differ in numbers only.

    Attributes:
        size: `max(|a - b| / max(|a|, |b|))` over all pairs, in [0, 2].
        where: Where the largest is: a path in JSON, a line and a column in text; empty for 0.
        stored: The first number there, as it is written.
        fresh: The second.
    """

    size: float = 0.0
    where: str = ""
    stored: str = ""
    fresh: str = ""


def largest_relative_error(stored: Any, fresh: Any) -> RelativeError | None:  # noqa: ANN401 - JSON
    """Return how far apart two JSON values are that differ in numbers only.

    Numbers with a fraction or an exponent may differ, in JSON and inside text; whole numbers are
    counts and must agree, and so must all else. Runs of spaces count as one, because a table's
    columns follow the width of its numbers. NaN agrees with NaN, an infinity with itself. A number
    that was rounded for display across an edge differs by what is shown: nothing hides it.

    Returns:
        The largest error, or None if something other than a number differs.

    Example:
        >>> largest_relative_error({"auc": [1.0, 0.5]}, {"auc": [1.0, 0.4]}).where
        'auc[1]'
        >>> largest_relative_error("10 rows", "11 rows") is None
        True
    """
    largest = RelativeError()
    pairs: list[tuple[Any, Any, _Path, float]] = [(stored, fresh, None, 0.0)]
    while pairs:  # a list, not recursion: JSON may be nested deeply
        ours, theirs, path, scale = pairs.pop()
        error: RelativeError | None
        if isinstance(ours, str) and isinstance(theirs, str):
            error = _text_error(ours, theirs)
        elif isinstance(ours, Mapping) and isinstance(theirs, Mapping):
            error = RelativeError() if ours.keys() == theirs.keys() else None
            pairs += [(value, theirs.get(key), (path, key), 0.0) for key, value in ours.items()]
        elif isinstance(ours, list | tuple) and isinstance(theirs, list | tuple):
            error = RelativeError() if len(ours) == len(theirs) else None
            # A matrix is a list of lists: its rows share its scale.
            wide = max(scale, _scale(ours), _scale(theirs))
            both = enumerate(zip_longest(ours, theirs))
            pairs += [(a, b, (path, at), wide) for at, (a, b) in both]
        elif isinstance(ours, float) and isinstance(theirs, float):
            error = _relative(ours, theirs, scale)
        else:
            error = RelativeError() if type(ours) is type(theirs) and ours == theirs else None
        if error is None:
            return None
        if error.size > largest.size:
            largest = replace(error, where=", ".join(filter(None, (_told(path), error.where))))
    return largest


def _told(path: _Path) -> str:
    """Return a path such as `data[0].y[3]`; of a deep one the end."""
    parts: list[str] = []
    while path is not None and len(parts) < _DEEPEST:
        path, key = path
        parts.append(f"[{key}]" if isinstance(key, int) else f".{key}")
    return ("" if path is None else "…") + "".join(reversed(parts)).removeprefix(".")


def _scale(values: list[Any] | tuple[Any, ...]) -> float:
    return max(
        (abs(value) for value in values if isinstance(value, float) and abs(value) < _INFINITE),
        default=0.0,
    )


def _relative(a: float, b: float, scale: float) -> RelativeError | None:
    if a == b or (a != a and b != b):  # noqa: PLR0124 - NaN is the one value that is not itself
        return RelativeError()
    larger = max(abs(a), abs(b))
    error = abs(a - b) / (scale if larger <= _NOISE * scale else larger)
    if error != error:  # noqa: PLR0124 - as above
        return None
    return RelativeError(error, "", repr(a), repr(b))


def _text_error(stored: str, fresh: str) -> RelativeError | None:
    """Compare two texts line by line, from the first line that differs on."""
    if stored == fresh:
        return RelativeError()
    start = _start(stored, first_difference(stored, fresh))
    if max(len(stored), len(fresh)) - start > _LONGEST:
        return None
    ours, theirs = stored[start:].split("\n"), fresh[start:].split("\n")
    if len(ours) != len(theirs):
        return None
    scales = zip(_bracket_scales(ours), _bracket_scales(theirs), strict=True)
    number = stored.count("\n", 0, start)
    largest = RelativeError()
    for a, b, both in zip(ours, theirs, scales, strict=True):
        number += 1
        error = _line_error(a, b, max(both)) if a != b else RelativeError()
        if error is None:
            return None
        if error.size > largest.size:
            largest = replace(error, where=f"line {number}, {error.where}")
    return largest


def _start(text: str, at: int) -> int:
    """Return where to begin so that no array is cut in two: a line before one that differs."""
    opened = text.rfind("[", max(at - _NEAR, 0), at)
    return text.rfind("\n", 0, min(at, opened) if opened >= 0 else at) + 1


def _line_error(stored: str, fresh: str, scale: float) -> RelativeError | None:
    ours, theirs = _NUMBER.split(stored), _NUMBER.split(fresh)
    if len(ours) != len(theirs):
        return None
    largest = RelativeError()
    column = 1
    for at, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        if at % 2:
            error = _relative(float(a), float(b), scale)
            if error is None:
                return None
            if error.size > largest.size:
                largest = RelativeError(error.size, f"column {column}", a, b)
        elif a != b and _SPACES.sub(" ", a) != _SPACES.sub(" ", b):
            return None
        column += len(a)
    return largest


def _bracket_scales(lines: list[str]) -> list[float]:
    """Return for each line the largest number of the square brackets that it lies in, or 0."""
    scales = [0.0] * len(lines)
    depth, first, widest = 0, 0, 0.0
    for at, line in enumerate(lines):
        opened = line.count("[")
        if depth == 0 and not opened:
            continue
        if depth == 0:
            first, widest = at, 0.0
        numbers = (abs(float(number)) for number in _NUMBER.findall(line))
        widest = max(widest, *(number for number in numbers if number < _INFINITE), 0.0)
        depth = max(depth + opened - line.count("]"), 0)
        if depth == 0 or at == len(lines) - 1:
            scales[first : at + 1] = [widest] * (at + 1 - first)
    return scales
