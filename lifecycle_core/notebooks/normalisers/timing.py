"""Lines that `%time`, `%timeit`, autotime and their like print; a clock never shows the same twice.

Nine of the public notebooks that differed only cosmetically were measured to differ in times, a
lower bound. Both the wording of today and that of IPython before 5 are known.
"""

from __future__ import annotations

import re

from lifecycle_core.notebooks.normalisers.base import Normaliser, on_text, stream

_NUMBER = r"\d[\d.,e+-]{0,20}"
_SPAN = rf"(?:{_NUMBER} ?[a-zµμ]{{1,7}} ?){{1,4}}"
_LINE = re.compile(
    rf"^(?:CPU times: [^\n]{{0,200}}|Wall time: {_SPAN}|(?:Compiler|Parser) *: {_SPAN}"
    r"|(?:<TimeitResult : )?"
    + _SPAN
    + r"(?:±|\+-) "
    + _SPAN
    + r"per loop \(mean (?:±|\+-) std\. dev\. of [^\n)]{0,80}\)>?"
    rf"|\d+ loops?, best of \d+: {_SPAN}per loop"
    rf"|time: {_SPAN}\(started: [\d :+-]{{10,40}}\)"
    rf"|peak memory: {_NUMBER} MiB, increment: -?{_NUMBER} MiB)$",
    re.MULTILINE,
)
_ONLY_SOMETIMES = re.compile(
    r"^(?:The slowest run took [\d.]{1,20} times longer than the fastest\.[^\n]{0,200}"
    r"|This could mean that an intermediate result is being cached\.?[^\n]{0,40})(?:\n|\Z)",
    re.MULTILINE,
)
_MARKS = ("time", "per loop", "Compiler", "Parser", "slowest", "intermediate", "peak memory")


def timeless(text: str) -> str:
    r"""Return text with such lines made one.

    Example:
        >>> timeless("Wall time: 3.73 ms\n0.8")
        '(timing)\n0.8'
    """
    if not any(mark in text for mark in _MARKS):
        return text
    return _LINE.sub("(timing)", _ONLY_SOMETIMES.sub("", text))


NORMALISER = Normaliser(
    name="timing",
    normalise=on_text(timeless),
    equal=(
        (stream("CPU times: user 3 s, sys: 1 ms, total: 3 s\nWall time: 3.1 s\n0.8\n"),),
        (stream("CPU times: user 2 s, sys: 4 ms, total: 2 s\nWall time: 2.4 s\n0.8\n"),),
    ),
    different=((stream("Wait time: 3.1 days\n"),), (stream("Wait time: 2.4 days\n"),)),
)
