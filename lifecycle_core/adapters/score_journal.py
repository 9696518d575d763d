"""The scores that a run has computed, kept so that a run that was killed goes on with them.

The file is a row of entries: position of the batch, number of scores, checksum, scores as eight
bytes each. It is appended to and never synced: what a killed process has written is there, and an
entry that a power failure left torn does not match its checksum, so that it is computed again.
"""

from __future__ import annotations

import struct
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from lifecycle_core.adapters.files import writing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

_HEAD = struct.Struct("<QQI")


class ScoreJournal:
    """Scores by batch, in the table's order; `open_journal` opens one.

    Scores are taken until one is not there; from then on they are put.
    """

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file = file
        self._path = path
        self._reads = True

    def take(self, start: int, rows: int) -> NDArray[np.float64] | None:
        """Return the scores of a batch if an earlier run has computed them.

        Args:
            start: Position of its first row in the table.
            rows: How many of its rows can be scored.
        """
        import numpy as np

        if not self._reads:
            return None
        at = self._file.tell()
        head = self._file.read(_HEAD.size)
        if len(head) == _HEAD.size:
            was_start, was_rows, checksum = _HEAD.unpack(head)
            if (was_start, was_rows) == (start, rows):
                content = self._file.read(8 * rows)
                if len(content) == 8 * rows and zlib.crc32(content) == checksum:
                    return np.frombuffer(content, dtype="<f8")
        self._reads = False
        self._file.seek(at)
        self._file.truncate()
        return None

    def put(self, start: int, scores: NDArray[np.float64]) -> None:
        """Keep the scores of the batch after the last one that was taken or put.

        Raises:
            TargetUnwritable: The operating system refuses.
        """
        content = scores.astype("<f8").tobytes()
        with writing(self._path):
            self._file.write(_HEAD.pack(start, len(scores), zlib.crc32(content)) + content)
            self._file.flush()  # so that the process may be killed


@contextmanager
def open_journal(path: Path) -> Iterator[ScoreJournal]:
    """Open the journal in a file, which is made if need be.

    Raises:
        TargetUnwritable: The operating system refuses.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> import numpy as np
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     for _ in range(2):
        ...         with open_journal(Path(folder) / "scores") as journal:
        ...             if (known := journal.take(0, 2)) is None:
        ...                 journal.put(0, np.array([0.25, 0.5]))
        >>> known.tolist()
        [0.25, 0.5]
    """
    with writing(path):
        path.touch()
    with path.open("r+b") as file:
        yield ScoreJournal(file, path)
