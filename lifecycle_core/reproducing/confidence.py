"""How sure a cause is: how often the way in which it was found named a right one.

Each way was counted on the notebooks of the corpus, in which the truth is known by execution, and
on two further sets, written by people who knew nothing of how causes are found. A set counts as it
was met, before what it showed to be wrong was mended. What is said is
Laplace's rule of succession, (right + 1) / (found + 2), so that a way seldom met is not called
certain, and one never met is called even. https://en.wikipedia.org/wiki/Rule_of_succession
"""

from __future__ import annotations

from typing import NamedTuple

CERTAIN = 1.0
"""What the run itself says: its process died, it asked for input, a name is defined nowhere."""
AT_ONCE = 0.6
"""An input is newer than the notebook, but all files were written at once, as by a copy.

Judged, not counted: whether the files of a corpus are written at once is up to who writes it."""
INSTEAD = 0.4
"""What it may be instead."""
WARNED = 0.4
"""Reading a cell that no run has reached says that it may differ; judged, not counted."""
NOTHING = 0.0
"""No cause was found."""


class Way(NamedTuple):
    """A way of finding a cause, and how it fared.

    Attributes:
        right: Causes found in this way that were of a right kind.
        found: All causes found in this way.
    """

    right: int
    found: int

    @property
    def confidence(self) -> float:
        """Chance that the next one is right, in (0, 1), to two digits.

        Example:
            >>> Way(18, 18).confidence
            0.95
        """
        return round((self.right + 1) / (self.found + 2), 2)


FACTOR_HELD = Way(54, 54)
"""Runs that disagree agree with it held still, and disagree again once it is let go."""
ONE_OF_SEVERAL = Way(1, 2)
"""They agree with several held still, and each alone can be let go."""
PUT_BACK = Way(23, 23)
"""A cell comes out as stored with an order, code, data or versions put back."""
MOVED = Way(12, 12)
"""A cell comes out otherwise on another day, or with other orders of sets or threads."""
RUN_AGAIN = Way(9, 9)
"""A cell comes out otherwise when the notebook runs again in the folder that it left."""
REWRITES = Way(0, 0)
"""The notebook changes a file that it has read."""

PATH_NOT_FOUND = Way(7, 7)
"""An error names a file by an absolute path."""
FILE_NOT_FOUND = Way(9, 9)
"""An error names a file."""
DELETED_NAME = Way(7, 7)
"""A name is defined nowhere, its cell once ran, and the counts skip."""
API_GONE = Way(6, 7)
"""A name, a call or an attribute of a package that once worked does not exist, or not like that."""

FILE_NEWER = Way(5, 5)
"""An input changed later than the notebook can have read it."""
FOLDER_CHANGED = Way(1, 1)
"""Files were taken from a folder that it reads."""
FOLDER_ABSENT = Way(1, 1)
"""Files are searched in a folder that is not there."""
OUTSIDE = Way(0, 0)
"""A path outside the project was asked for."""
ASKED_NETWORK = Way(0, 0)
"""A cell depends on an answer of the network."""
FALLING_COUNTS = Way(0, 0)
"""The counts fall, but the cell does not come out as stored in their order."""
SKIPPED_COUNTS = Way(7, 9)
"""The counts skip.

The third set has 3 right of 5: the other two had run a cell again, which is tried since."""
OTHER_VERSIONS = Way(3, 3)
"""The project's files ask for other versions."""
OTHER_PYTHON = Way(0, 0)
"""The notebook was saved by another version of Python."""
EDITED = Way(14, 23)
"""All cells ran once, in order, and an edit explains what differs.

The third set has 5 right of 13: it is what is left when nothing else is seen. Of the other 8, 4
have signs or trials of their own since, and the words of `%%writefile` count no more."""
VARIABLE_READ = Way(0, 0)
"""A cell reads an environment variable that no cell sets. Written for one of the third set, which
therefore does not count."""
ZONE_READ = Way(0, 0)
"""A cell tells a moment in the machine's time zone; as above."""
PREDICTED = Way(7, 7)
"""Reading a cell that no run has reached says that it will fail."""
