"""Where a library is installed: another environment has it elsewhere.

Measured: `numpy.__file__` and the frames of a traceback name the folder of the environment; a clean
locked run has one of its own.
"""

from __future__ import annotations

import re

from lifecycle_core.notebooks.normalisers.base import Normaliser, on_text, realigned, stream

_PACKAGES = re.compile(r"(?:site|dist)-packages(?=[\\/])")
_BEFORE = re.compile(r"(?:[A-Za-z]:|~)?(?:[\\/]{1,2}[\w.+~@-]{1,100}+){0,20}[\\/]{1,2}\Z")
_LONGEST = 1_000
"""Characters of a path before its library."""


@realigned
def inside_library(text: str) -> str:
    """Return text with paths into an environment from the library on.

    Example:
        >>> inside_library("/home/me/.venv/lib/python3.11/site-packages/numpy/__init__.py")
        '(library)/numpy/__init__.py'
    """
    kept: list[str] = []
    start = 0
    for packages in _PACKAGES.finditer(text):
        before = text[max(start, packages.start() - _LONGEST) : packages.start()]
        parting = max(before.rfind(sign) for sign in " \n\t\"'<>(=,;")
        if _BEFORE.match(before, parting + 1):
            kept += text[start : packages.start() - len(before) + parting + 1], "(library)"
            start = packages.end()
    return "".join([*kept, text[start:]])


NORMALISER = Normaliser(
    name="library_path",
    normalise=on_text(inside_library, kinds=("text/plain", "text/html")),
    equal=(
        (stream("/home/me/.venv/lib/python3.11/site-packages/a/b.py\n"),),
        (stream("/opt/conda/lib/python3.12/site-packages/a/b.py\n"),),
    ),
    different=(
        (stream("/opt/lib/site-packages/a/b.py\n"),),
        (stream("/opt/lib/site-packages/a/c.py\n"),),
    ),
)
