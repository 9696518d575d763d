"""The prose of a notebook: headings, and the paragraphs above each cell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_HEADING = re.compile(r"(#{1,6})[ \t]+(.+?)[ \t#]*$")
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)|<(?:/?[A-Za-z][^>]*|!--.*?--)>")
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_MARKS = re.compile(r"(\*\*|__|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading: index of its markdown cell, level from 1, text without marks."""

    cell: int
    level: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """The prose of a notebook.

    Attributes:
        headings: In order.
        prose: By index of a markdown cell, its paragraphs without headings and marks.
    """

    headings: tuple[Heading, ...]
    prose: Mapping[int, tuple[str, ...]]

    def section_of(self, cell: int, *, deepest: int = 6) -> Heading | None:
        """Return the last heading above a cell, of at most this level."""
        above = [one for one in self.headings if one.cell < cell and one.level <= deepest]
        return above[-1] if above else None

    @property
    def title(self) -> Heading | None:
        """The notebook's own title: its first heading, if it is of the first level."""
        first = self.headings[0] if self.headings else None
        return first if first and first.level == 1 else None

    def above(self, cells: Sequence[int], after: int) -> tuple[str, ...]:
        """Return the paragraphs that stand above and between some cells, from another cell on."""
        return tuple(
            paragraph
            for cell, paragraphs in self.prose.items()
            if after < cell < cells[-1]
            for paragraph in paragraphs
        )


def read_outline(cells: Sequence[Mapping[str, Any]]) -> Outline:
    r"""Read the markdown cells of a notebook.

    Args:
        cells: All cells, as in the file, their sources as one text each.

    Example:
        >>> cell = {"cell_type": "markdown", "source": "## The *data*\nOne row each."}
        >>> read_outline([cell]).headings[0].text
        'The data'
    """
    headings: list[Heading] = []
    prose: dict[int, tuple[str, ...]] = {}
    for index, cell in enumerate(cells):
        if cell["cell_type"] != "markdown":
            continue
        lines: list[str] = []
        fenced = False
        for line in str(cell["source"]).split("\n"):
            fenced ^= line.lstrip().startswith("```")
            found = None if fenced else _HEADING.match(line)
            if found:
                headings.append(Heading(cell=index, level=len(found[1]), text=_plain(found[2])))
                lines.append("")
            else:
                lines.append(line if fenced else _plain(line))
        paragraphs = re.split(r"\n\s*\n", "\n".join(lines))
        prose[index] = tuple(one.strip() for one in paragraphs if one.strip())
    return Outline(headings=tuple(headings), prose=prose)


def _plain(text: str) -> str:
    return _MARKS.sub("", _LINK.sub(r"\1", _IMAGE.sub("", text))).rstrip()
