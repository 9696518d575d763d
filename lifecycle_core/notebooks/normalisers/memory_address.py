"""Where an object lies in memory: `<function f at 0x7f...>` differs on every run.

221 of the public notebooks that differed only cosmetically differed in this, a lower bound.
"""

from __future__ import annotations

import re

from lifecycle_core.notebooks.normalisers.base import Normaliser, on_text, stream

_ADDRESS = re.compile(r"(?<=\bat )0x[0-9a-fA-F]{6,16}\b")
_KINDS = ("text/plain", "text/html")


def placeless(text: str) -> str:
    """Return text without addresses.

    Example:
        >>> placeless("<function f at 0x7f3a91c0d040>")
        '<function f at 0x…>'
    """
    return _ADDRESS.sub("0x…", text)


NORMALISER = Normaliser(
    name="memory_address",
    normalise=on_text(placeless, kinds=_KINDS),
    equal=((stream("<f at 0x7f3a91c0d040>\n"),), (stream("<f at 0x7ffb02c0d0a0>\n"),)),
    different=((stream("checksum 0x7f3a91c0\n"),), (stream("checksum 0x7ffb02c0\n"),)),
)
