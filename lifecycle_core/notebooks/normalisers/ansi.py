"""Colours: whether a library writes escape codes depends on the terminal it believes to have."""

from __future__ import annotations

import re

from lifecycle_core.notebooks.normalisers.base import Normaliser, on_text, stream

_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-Z\\^-~])")


def plain(text: str) -> str:
    r"""Return text without ANSI escape codes.

    Example:
        >>> plain("\x1b[31mred\x1b[0m")
        'red'
    """
    # A lone escape character goes too, or what is left could form a code anew.
    return _ESCAPE.sub("", text).replace("\x1b", "") if "\x1b" in text else text


NORMALISER = Normaliser(
    name="ansi",
    normalise=on_text(plain),
    equal=((stream("\x1b[1;31mloss\x1b[0m 0.5\n"),), (stream("loss 0.5\n"),)),
    different=((stream("\x1b[31mloss 0.5\x1b[0m"),), (stream("\x1b[31mloss 0.6\x1b[0m"),)),
)
