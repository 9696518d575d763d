"""The memory of the process: it depends on what else is loaded, and says nothing of a result.

Measured: `ru_maxrss` printed in MB was 253 in Jupyter and 190 in a fresh kernel; `psutil`,
`tracemalloc` and `%memit` differ on every run. It counts only in a cell that asks for it, so that
the size of a frame stays a result.
"""

from __future__ import annotations

import re

from lifecycle_core.notebooks.normalisers.base import Normaliser, Outputs, change_text, stream
from lifecycle_core.notebooks.surroundings import Surroundings

_SIZE = re.compile(
    r"(?<![\w.])[-+]?\d[\d,_]{0,20}(?:\.\d{1,9})?[ \t]{0,2}(?:[kKMGT]i?B|bytes)\b(?!/)"
)


def without_sizes(text: str) -> str:
    """Return text without amounts of memory.

    Example:
        >>> without_sizes("peak: 253.4 MB, 5 rows")
        'peak: (…), 5 rows'
    """
    return _SIZE.sub("(…)", text)


def _normalise(outputs: Outputs, surroundings: Surroundings) -> Outputs:
    return change_text(outputs, without_sizes) if surroundings.memory_asked else outputs


NORMALISER = Normaliser(
    name="process_memory",
    normalise=_normalise,
    equal=((stream("memory 253 MB auc 0.91\n"),), (stream("memory 190.5 MB auc 0.91\n"),)),
    different=((stream("memory 253 MB auc 0.91\n"),), (stream("memory 190.5 MB auc 0.92\n"),)),
    surroundings=Surroundings(memory_asked=True),
)
