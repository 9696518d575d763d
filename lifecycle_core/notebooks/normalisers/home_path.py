"""The home of a clean run: each has one of its own, empty at first, and prints where it is.

Measured: `Path.home()` and `os.path.expanduser("~")` gave `/tmp/nbrelease-run-vsnsb_ji/r1/home` in
one run and `/tmp/nbrelease-run-vsnsb_ji/r2/home` in the next, also in the words of an error. Both
are `~`; the home of the author, of which nothing is known, is not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.normalisers.base import (
    Normaliser,
    Outputs,
    change_text,
    realigned,
    stream,
    whole_name,
)
from lifecycle_core.notebooks.surroundings import Surroundings
from lifecycle_core.recorder.digests import HOME

if TYPE_CHECKING:
    from collections.abc import Iterable


def at_home(text: str, homes: Iterable[str]) -> str:
    """Return text with each of these folders as `~`.

    Args:
        text: Any.
        homes: Absolute paths; one that goes on, such as `/r1/home2`, is another folder.

    Example:
        >>> at_home("no file '/run/r1/home/a.csv', /run/r1/home2", ["/run/r1/home"])
        "no file '~/a.csv', /run/r1/home2"
    """
    for home in homes:
        if home in text:
            text = whole_name(re.escape(home)).sub(HOME, text)
    return text


def _normalise(outputs: Outputs, surroundings: Surroundings) -> Outputs:
    homes = surroundings.homes
    if not homes:
        return outputs
    return change_text(
        outputs, realigned(lambda text: at_home(text, homes)), kinds=("text/plain", "text/html")
    )


NORMALISER = Normaliser(
    name="home_path",
    normalise=_normalise,
    equal=((stream("/run/r1/home/a.csv\n"),), (stream("/run/r2/home/a.csv\n"),)),
    different=((stream("/run/r1/home/a.csv\n"),), (stream("/run/r2/home/b.csv\n"),)),
    surroundings=Surroundings(homes=("/run/r1/home", "/run/r2/home")),
)
