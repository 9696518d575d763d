"""What `%%writefile` says of its file: whether one of that name was there is not a result.

Measured: the first run prints `Writing made_here.py`, every later one `Overwriting made_here.py`,
and the files that a notebook left lie beside it when a clean run begins. The name stays, and so
does `Appending to`. It counts only in a cell that holds the magic.
"""

from __future__ import annotations

import re

from lifecycle_core.notebooks.normalisers.base import Normaliser, Outputs, change_streams, stream
from lifecycle_core.notebooks.surroundings import Surroundings

_SAID = re.compile(r"\A(?:Overwriting|Writing) (?=\S[^\n]*\n?\Z)")
"""The magic takes the whole cell, so that this is all that the cell prints."""


def _normalise(outputs: Outputs, surroundings: Surroundings) -> Outputs:
    if not surroundings.file_written:
        return outputs
    return change_streams(outputs, lambda text: _SAID.sub("Writing ", text), "stdout")


NORMALISER = Normaliser(
    name="written_files",
    normalise=_normalise,
    equal=((stream("Writing helper.py\n"),), (stream("Overwriting helper.py\n"),)),
    different=((stream("Writing helper.py\n"),), (stream("Overwriting other.py\n"),)),
    surroundings=Surroundings(file_written=True),
)
