"""What a rule is. To add one: a file beside this one with the four headings, a line in `table`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lifecycle_core.notebooks.rules.view import View
    from lifecycle_core.schema.finding import Severity
    from lifecycle_core.schema.reproduction import CauseKind


class Edit(NamedTuple):
    """Text put into a cell: before a column of a line, or as a line of its own before it.

    `column` counts bytes of UTF-8 from 0, as `ast` does; None makes a line of its own. `remove` is
    how many bytes the text takes the place of.
    """

    cell: int
    line: int
    column: int | None
    text: str
    remove: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """What a rule found in one place; with its code it is a `schema.finding.Finding`.

    Attributes:
        edits: What mends it; empty if a person has to.
    """

    cell: int
    message: str
    hint: str
    severity: Severity
    line: int | None = None
    column: int | None = None
    kind: CauseKind | None = None
    names: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its code, its name in words, and how it looks at a notebook."""

    code: str
    name: str
    find: Callable[[View], Iterable[Spot]]
