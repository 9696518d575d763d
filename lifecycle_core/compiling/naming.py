"""Names of steps: as the user said, else from a heading, else from what a step is about."""

from __future__ import annotations

import keyword
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_LONGEST = 40
_RESERVED = frozenset({
    "asyncio", "builtins", "pipeline", "run", "set_up", "shared", "suppress", "test",
})  # fmt: skip
"""What the package's own files and the words we write into them are called."""
_COLLECTED = re.compile(r"test_|.*_test$")
"""Modules that pytest would take for tests."""
_FILLING = frozenset({"a", "an", "and", "for", "in", "of", "on", "our", "the", "to", "we", "with"})


def is_step_name(name: str) -> bool:
    """Tell whether a module and a function may be called so.

    Example:
        >>> [is_step_name(name) for name in ("train", "2nd", "class", "a b", "shared")]
        [True, False, False, False, False]
    """
    return (
        name.isascii()
        and name.isidentifier()
        and not keyword.iskeyword(name)
        and name not in _RESERVED
        and not name.startswith("_")
        and not _COLLECTED.match(name)
    )


def name_in(text: str) -> str:
    """Return an identifier made of a text's words; empty if it has none.

    Law: `is_step_name(name_in(text))` unless it is empty.

    Example:
        >>> name_in("2. Features & the *candidates*!"), name_in("Test the model")
        ('features_candidates', 'testing_model')
    """
    plain = (
        unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode()
    )
    words = [word for word in re.findall(r"[a-z0-9]+", plain.lower()) if word not in _FILLING]
    while words and words[0][0].isdigit():
        words.pop(0)
    if words[:1] == ["test"]:
        words[0] = "testing"
    name = ""
    for word in words:
        if len(name) + len(word) >= _LONGEST:
            break
        name = f"{name}_{word}" if name else word
    return name if is_step_name(name) else f"{name}_step" if name else ""


def unused(name: str, taken: Collection[str]) -> str:
    """Return the name, with a number behind it if it is taken.

    Example:
        >>> unused("train", {"train", "train_2"})
        'train_3'
    """
    if name not in taken:
        return name
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"
