"""Names of steps: as the user said, else from a heading, else from what a step is about."""

from __future__ import annotations

import keyword
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_LONGEST = 40
_RESERVED = frozenset({"shared", "set_up", "run", "pipeline", "values", "test"})
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
        and not name.startswith(("_", "test_"))
    )


def name_in(text: str) -> str:
    """Return an identifier made of a text's words; empty if it has none.

    Example:
        >>> name_in("2. Features & the *candidates*!")
        'features_candidates'
    """
    plain = (
        unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode()
    )
    words = [word for word in re.findall(r"[a-z0-9]+", plain.lower()) if word not in _FILLING]
    while words and words[0][0].isdigit():
        words.pop(0)
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
