"""The record of checking several notebooks: for each its reproduction, or why there is none."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lifecycle_core.schema.base import Record
from lifecycle_core.schema.reproduction import Reproduction


class NotebookCheck(Record):
    """One notebook that was checked.

    Attributes:
        path: As it was named, or as it was found in a folder that was named.
        exit_code: 0 reproducible, 1 not, 2 the notebook or the call is wrong, 3 the check could
            not be carried out.
        seconds: Wall time of the check.
        reproduction: Missing if there was an error. Of the images that differ it holds the first
            three pairs, so that a record of many notebooks stays small.
        error: The fact in one line, or empty.
        hint: What to do about the error.
    """

    path: str
    exit_code: Literal[0, 1, 2, 3]
    seconds: float = Field(default=0.0, ge=0)
    reproduction: Reproduction | None = None
    error: str = ""
    hint: str = ""


class Reproductions(Record):
    """Several notebooks, in the order in which they were named or found."""

    schema_: Literal["nbrelease/reproductions/1"] = Field(
        default="nbrelease/reproductions/1", alias="schema"
    )
    notebooks: tuple[NotebookCheck, ...]

    @property
    def exit_code(self) -> int:
        """The worst of the notebooks: 3 over 2 over 1 over 0."""
        return max((check.exit_code for check in self.notebooks), default=0)
