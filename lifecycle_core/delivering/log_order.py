"""That the rows of a run are to be in the prediction log, and what a table must have for that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from lifecycle_core.schema.contract import Contract

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

    def require(self, columns: Collection[str], kept: Collection[str]) -> None:
        """Refuse a table without the column of moments, or with one that has the output's name.

        Raises:
            InvalidCall: It cannot be logged so.
        """
        if self.time is not None and self.time not in columns:
            raise InvalidCall(
                f"The table has no column {self.time!r} to take the moments from.",
                hint="Name one that it has, or leave --time out: the start of the run then counts.",
            )
        if COLUMN in kept:
            raise InvalidCall(
                f"Column {COLUMN!r} cannot be kept: with the log, the output has one of that name.",
                hint="Rename it in the table.",
            )

    def kept(self, kept: tuple[str, ...], contract: Contract) -> tuple[str, ...]:
        """Return which columns are carried along, with that of the moments."""
        known = (None, *kept, *(feature.name for feature in contract.features))
        return kept if self.time in known else (*kept, str(self.time))
