"""That the rows of a run are to be in the prediction log, and what a table must have for that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

COLUMN = "prediction"
"""Name of the output's column that holds the id of the row in the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOrder:
    """That the rows of a run are to be in the prediction log.

    Attributes:
        address: Folder or URL of the log.
        hashed: Turns a feature's name and value into what the log keeps instead of it.
        time: Column with the moment of each row; the run's start if None.
    """

    address: str
    hashed: Callable[[str, str], str]
    time: str | None = None

    def require(self, kept: Collection[str]) -> None:
        """Refuse a table with a column that has the output's name.

        Raises:
            InvalidCall: It cannot be logged so.
        """
        if COLUMN in kept:
            raise InvalidCall(
                f"Column {COLUMN!r} cannot be kept: with the log, the output has one of that name.",
                hint="Rename it in the table.",
            )
