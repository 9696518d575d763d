"""Paths without what is another in each run: the place of the project, a random name."""

from __future__ import annotations

import pathlib
import re
from typing import TYPE_CHECKING

from ..builtin_names import BUILTINS

if TYPE_CHECKING:
    from .parts import Value

globals()["__builtins__"] = BUILTINS

_PATHS = frozenset({pathlib.PosixPath, pathlib.PurePosixPath})
_LISTS = frozenset({list, tuple, set, frozenset})
_PLAIN = frozenset({str, int, float, bool, type(None), *_PATHS})
_MANY = 10_000
_PROJECT = "<project>"
HOME = "~"
"""How the home of the user is named."""
TEMPORARY = "a name that tempfile made up"
"""Why such a text or path has no digest."""
_MADE_UP = re.compile(r"tmp[a-z0-9_]{8}(?=/|\Z)")
_ENDS = frozenset({"", "/", ":", ";", "'", '"', " ", "\n", ",", ")", "]"})
"""What may stand behind the folder's name; anything else is part of another folder's name."""


def placed(value: Value, folder: str, name: str = _PROJECT) -> Value:
    """Return a text or a path in which the project's folder is named, not where it lies.

    Also of a list, tuple, set or dictionary that holds plain values only; anything else, and what
    does not name the folder, is returned as it is.

    Args:
        value: Any variable.
        folder: Absolute path without links; empty leaves everything as it is.
        name: What stands for the folder.

    >>> placed("/tmp/r1/data/a.csv", "/tmp/r1")
    '<project>/data/a.csv'
    >>> placed([pathlib.PurePosixPath("/tmp/r1")], "/tmp/r1")
    [PurePosixPath('<project>')]
    >>> placed("/tmp/r12", "/tmp/r1")
    '/tmp/r12'
    """
    kind = type(value)
    if not folder:
        return value
    if kind in _PLAIN:
        return _one(value, folder, name)
    if kind in _LISTS and len(value) <= _MANY and _PLAIN.issuperset(map(type, value)):
        changed = [_one(each, folder, name) for each in value]
        return kind(changed) if any(map(_is_other, changed, value)) else value
    if kind is dict and len(value) <= _MANY and _PLAIN.issuperset(map(type, value.values())):
        held = {key: _one(each, folder, name) for key, each in value.items()}
        return held if any(map(_is_other, held.values(), value.values())) else value
    return value


def is_temporary(value: Value, folder: str) -> bool:
    """Tell whether a text or a path names something that `tempfile` made, in each run anew.

    Args:
        value: Any variable.
        folder: In which `tempfile` makes it; empty if that is not known.

    >>> is_temporary("/t/tmpab12cd34/a.csv", "/t"), is_temporary("/t/kept.csv", "/t")
    (True, False)
    """
    kind = type(value)
    if not folder or (kind is not str and kind not in _PATHS):
        return False
    before, found, after = str(value).partition(f"{folder}/")
    return bool(found) and not before and _MADE_UP.match(after) is not None


def _is_other(one: Value, other: Value) -> bool:
    return one is not other


def _one(value: Value, folder: str, name: str) -> Value:
    text = value if type(value) is str else str(value) if type(value) in _PATHS else ""
    if folder not in text:
        return value
    begun = text.split(folder)
    found = begun[0]
    for after in begun[1:]:
        found += (folder if after[:1] not in _ENDS else name) + after
    return value if found == text else type(value)(found)
