"""Blanks at the ends of lines and newlines at the end of a text, which nobody sees.

535 of the public notebooks that differed only cosmetically differed in white space.
"""

from __future__ import annotations

import re

from lifecycle_core.notebooks.normalisers.base import (
    Normaliser,
    Outputs,
    always,
    change_streams,
    change_text,
    stream,
)

_END = re.compile(r"(?<![ \t])[ \t]++(?=\n)")


def trimmed(text: str) -> str:
    r"""Return text without them.

    Example:
        >>> trimmed("a  \n b\n\n")
        'a\n b'
    """
    return _END.sub("", text.rstrip())


def _normalise(outputs: Outputs) -> Outputs:
    return change_text(change_streams(outputs, trimmed, "stdout", "stderr"), trimmed)


NORMALISER = Normaliser(
    name="whitespace",
    normalise=always(_normalise),
    equal=((stream("0.8  \n\n"), stream("\n", "stderr")), (stream("0.8"),)),
    different=((stream("a b\n"),), (stream("ab\n"),)),
)
