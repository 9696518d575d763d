"""Where an object lies in memory: `<function f at 0x7f...>` differs on every run."""

from __future__ import annotations

import re

from lifecycle_core.notebooks.normalisers.base import Normaliser, Outputs, change_text, stream

_ADDRESS = re.compile(r"(?<=\bat )0x[0-9a-fA-F]{6,16}\b")


def _normalise(outputs: Outputs) -> Outputs:
    return change_text(
        outputs, lambda text: _ADDRESS.sub("0x…", text), kinds=("text/plain", "text/html")
    )


NORMALISER = Normaliser(
    name="memory_address",
    normalise=_normalise,
    equal=((stream("<f at 0x7f3a91c0d040>\n"),), (stream("<f at 0x7ffb02c0d0a0>\n"),)),
    different=((stream("checksum 0x7f3a91c0\n"),), (stream("checksum 0x7ffb02c0\n"),)),
)
