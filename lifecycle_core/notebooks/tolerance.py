"""Numbers that nearly agree: in text, in HTML, and anywhere in JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

_NUMBER = re.compile(
    r"(?<![\w.])(-?(?:\d+\.\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+))"
    r"(?![\w]|\.\d)"
)
_SPACES = re.compile(r"[ \t]+")


def largest_relative_error(stored: Any, fresh: Any) -> float | None:  # noqa: ANN401 - JSON
    """Return how far apart two JSON values are that differ in numbers only.

    Numbers with a fraction or an exponent may differ, in JSON and inside text; whole numbers are
    counts and must agree, and so must all else. Runs of spaces count as one, because a table's
    columns follow the width of its numbers.

    Returns:
        `max(|a - b| / max(|a|, |b|))` over all pairs, in [0, 2], or None if something else differs.

    Example:
        >>> largest_relative_error("loss 0.5", "loss 0.4")
        0.19999999999999996
        >>> largest_relative_error("10 rows", "11 rows") is None
        True
    """
    largest = 0.0
    pairs = [(stored, fresh)]  # a list, not recursion: JSON may be nested deeply
    while pairs:
        ours, theirs = pairs.pop()
        if isinstance(ours, str) and isinstance(theirs, str):
            error = _text_error(ours, theirs)
        elif isinstance(ours, Mapping) and isinstance(theirs, Mapping):
            error = 0.0 if ours.keys() == theirs.keys() else None
            pairs += [(value, theirs.get(key)) for key, value in ours.items()]
        elif isinstance(ours, list | tuple) and isinstance(theirs, list | tuple):
            error = 0.0 if len(ours) == len(theirs) else None
            pairs += zip_longest(ours, theirs)
        elif isinstance(ours, float) and isinstance(theirs, float):
            error = _relative(ours, theirs)
        else:
            error = 0.0 if type(ours) is type(theirs) and ours == theirs else None
        if error is None:
            return None
        largest = max(largest, error)
    return largest


def _relative(a: float, b: float) -> float | None:
    if a == b or (a != a and b != b):  # noqa: PLR0124 - NaN is the one value that is not itself
        return 0.0
    error = abs(a - b) / max(abs(a), abs(b))
    return error if error == error else None  # noqa: PLR0124 - as above


def _text_error(stored: str, fresh: str) -> float | None:
    if stored == fresh:
        return 0.0
    ours, theirs = _NUMBER.split(stored), _NUMBER.split(fresh)
    if len(ours) != len(theirs):
        return None
    largest = 0.0
    for at, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        if at % 2:
            error = _relative(float(a), float(b))
            if error is None:
                return None
            largest = max(largest, error)
        elif _SPACES.sub(" ", a) != _SPACES.sub(" ", b):
            return None
    return largest
