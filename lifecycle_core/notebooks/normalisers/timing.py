"""Lines that `%%time` and `%timeit` print; a clock never shows the same twice."""

from __future__ import annotations

import re

from lifecycle_core.notebooks.normalisers.base import Normaliser, Outputs, change_text, stream

_LINE = re.compile(
    r"^(?:CPU times: .*|Wall time: .*|Compiler *: [\d.]+ \w+"
    r"|The slowest run took .* times longer than the fastest\..*"
    r"|[\d.]+ \S+ ± [\d.]+ \S+ per loop \(mean ± std\. dev\. of .*\))$",
    re.MULTILINE,
)


def _normalise(outputs: Outputs) -> Outputs:
    return change_text(outputs, lambda text: _LINE.sub("(timing)", text))


NORMALISER = Normaliser(
    name="timing",
    normalise=_normalise,
    equal=(
        (stream("CPU times: user 3 s, sys: 1 ms, total: 3 s\nWall time: 3.1 s\n0.8\n"),),
        (stream("CPU times: user 2 s, sys: 4 ms, total: 2 s\nWall time: 2.4 s\n0.8\n"),),
    ),
    different=((stream("Wait time: 3.1 days\n"),), (stream("Wait time: 2.4 days\n"),)),
)
