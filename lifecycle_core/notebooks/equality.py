"""Whether two JSON values are the same, and where two texts part, without recursion."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any


def same(one: Any, other: Any) -> bool:  # noqa: ANN401 - JSON
    """Tell whether two JSON values are the same: NaN is itself, True is not 1, 1 is not 1.0.

    Example:
        >>> same({"a": [float("nan")]}, {"a": (float("nan"),)}), same([True], [1])
        (True, False)
    """
    pairs = [(one, other)]
    while pairs:
        a, b = pairs.pop()
        if isinstance(a, str) and isinstance(b, str):
            if a != b:
                return False
        elif isinstance(a, Mapping) and isinstance(b, Mapping):
            if a.keys() != b.keys():
                return False
            pairs += [(value, b[key]) for key, value in a.items()]
        elif isinstance(a, list | tuple) and isinstance(b, list | tuple):
            if len(a) != len(b):
                return False
            pairs += zip_longest(a, b)
        elif type(a) is not type(b) or not (a == b or (a != a and b != b)):  # noqa: PLR0124 - NaN
            return False
    return True


def first_difference(one: str, other: str) -> int:
    """Return the index at which two texts part; the length of the shorter if it begins the longer.

    Example:
        >>> first_difference("auc 0.81", "auc 0.79")
        6
    """
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def size(value: Any, *, limit: int) -> int:  # noqa: ANN401 - JSON
    """Return about how many characters a JSON value takes; counting ends beyond `limit`.

    Example:
        >>> size({"a": ["bcd", 1]}, limit=100)
        6
    """
    total = 0
    rest = [value]
    while rest and total <= limit:
        item = rest.pop()
        if isinstance(item, str):
            total += len(item)
        elif isinstance(item, Mapping):
            rest += item.keys()
            rest += item.values()
        elif isinstance(item, list | tuple):
            total += 1
            rest += item
        else:
            total += 1
    return total
