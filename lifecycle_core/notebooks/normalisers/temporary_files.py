"""Names that `tempfile` draws, and the files in which ipykernel keeps a cell's source.

Measured: `tempfile.mkdtemp()` gave `/tmp/tmpr9ndw59a`, then `/tmp/tmpk0zrrotc`; ipykernel names a
cell by its process, `/tmp/ipykernel_10200/633922867.py`. 58 of the public notebooks that differed
only cosmetically differed in paths of exceptions. A clean run has a temporary folder of its own,
where an author had the system's.
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
)

if TYPE_CHECKING:
    from lifecycle_core.notebooks.surroundings import Surroundings

_FOLDERS = r"(?:(?:[A-Za-z]:)?(?:[\\/]{1,2}[\w.+~-]{1,100}+){0,12}[\\/]{1,2}|(?<![\w.\\/]))"
_CELL = re.compile(
    _FOLDERS + r"ipykernel_\d{1,10}[\\/]{1,2}\d{1,20}\.py|<ipython-input-\d{1,6}-[0-9a-f]{8,16}>"
    r"|(?<=\()\d{6,12}\.py(?=, line )"
)
_DRAWN = re.compile(
    _FOLDERS + r"tmp[a-z0-9_]{8}(?![A-Za-z0-9_])"
    r"|(?<=/tmp/)[A-Za-z][A-Za-z.+-]{0,40}[_-](?=[a-z_]{0,7}\d)[a-z0-9_]{8}(?![A-Za-z0-9_])"
    r"|(?<=joblib_memmapping_folder_)\w{1,100}"
)
_PREFIXED = re.compile(r"(?<![\w/])/tmp/[A-Za-z][\w.+-]{0,40}[_-][a-z0-9_]{8}(?![A-Za-z0-9_])")
"""A name with a prefix of the notebook's own: one in twelve holds no digit to be known by."""
_HINTS = ("tmp", "ipykernel_", "ipython-input-", ".py, line ", "joblib_memmapping_folder_")
_KINDS = ("text/plain", "text/html")
_SYSTEM = "/tmp"  # noqa: S108 - text, not a file


@realigned
def unnamed(text: str) -> str:
    """Return text with such names made one.

    Example:
        >>> unnamed("saved to /tmp/tmpr9ndw59a/model.pkl")
        'saved to (temporary)/model.pkl'
    """
    if not any(hint in text for hint in _HINTS):
        return text
    return _DRAWN.sub("(temporary)", _CELL.sub("(cell)", text))


def _normalise(outputs: Outputs, surroundings: Surroundings) -> Outputs:
    def change(text: str) -> str:
        for folder in surroundings.temporary:
            text = text.replace(folder, _SYSTEM)
        if surroundings.temporary:
            text = _PREFIXED.sub("(temporary)", text)
        return unnamed(text)

    return change_text(outputs, change, kinds=_KINDS)


_ONE, _OTHER = "/tmp/tmpr9ndw59a", "/tmp/tmpk0zrrotc"  # noqa: S108 - text, not files

NORMALISER = Normaliser(
    name="temporary_files",
    normalise=_normalise,
    equal=((stream(f"{_ONE}/a.csv\n"),), (stream(f"{_OTHER}/a.csv\n"),)),
    different=((stream(f"{_ONE}/a.csv\n"),), (stream(f"{_ONE}/b.csv\n"),)),
)
