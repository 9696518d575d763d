"""A case of the corpus: what the author had, what was saved, and what is true of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Change = Callable[[Path], None] | str | None

Group = Literal["clean", "faulty", "harmless"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a notebook before it is a notebook."""

    source: str
    kind: Literal["code", "markdown"] = "code"
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """What only the author's machine had while the notebook was executed.

    Attributes:
        startup: Code that the kernel runs before the first cell.
        modules: Importable modules by file name, outside the project.
        order: Snippets of the cells in the order they were really executed; empty is as filed.
        python: The Python version that the notebook's metadata names, or empty.
        served: What a server on the author's machine answered, one answer per request; the
            source names it `{URL}`. It is gone afterwards unless `server_stays`.
    """

    startup: str = ""
    modules: Mapping[str, str] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    python: str = ""
    served: tuple[str, ...] = ()
    server_stays: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One notebook of the corpus.

    The notebook is `base` with `swap` and `add` applied; the author executes it; then
    `then_swap`, `then_drop`, `then_add` and `then_files` happen to what was saved. A cell is
    named by a snippet of its source. In sources and files, `{HERE}` is the author's project.

    Attributes:
        kinds: The causes, in any order; empty for a notebook that reproduces.
        also: Further kinds that a fair judge would accept as the name of the cause.
        at: Snippets; each names an acceptable cell, and the first also the line.
        cells: Sources in percent format, instead of a base.
        noise: What differs at every run and that no reader would call a difference, as regular
            expressions.
        timeout: Seconds a cell may run when the case is judged.
        there: The absolute path or outside file exists on this machine, so a plain run passes:
            naming the cause is what is asked.
        ignored: Paths that the project's .gitignore names.
        shape: Last change to the saved notebook as JSON, such as an older format.
    """

    name: str
    why: str
    base: str = ""
    cells: str = ""
    kinds: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    swap: Mapping[str, str] = field(default_factory=dict)
    add: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Change] = field(default_factory=dict)
    author: Author = field(default_factory=Author)
    then_swap: Mapping[str, str] = field(default_factory=dict)
    then_drop: tuple[str, ...] = ()
    then_add: Mapping[str, str] = field(default_factory=dict)
    then_files: Mapping[str, Change] = field(default_factory=dict)
    noise: tuple[str, ...] = ()
    timeout: float | None = None
    there: bool = False
    ignored: tuple[str, ...] = ()
    shape: Callable[[dict[str, object]], None] | None = None

    @property
    def group(self) -> Group:
        """Which part of the corpus it belongs to."""
        if self.kinds:
            return "faulty"
        return "clean" if self.name == self.base else "harmless"


def parse(text: str) -> list[Cell]:
    r"""Read cells in percent format.

    >>> parse("# %% [markdown]\n# Title\n# %% tags=parameters\nn = 3\n")[1]
    Cell(source='n = 3', kind='code', tags=('parameters',))
    """
    cells: list[Cell] = []
    for block in ("\n" + text.strip("\n")).split("\n# %%")[1:]:
        head, _, source = block.partition("\n")
        tags = head.partition("tags=")[2]
        cells.append(
            Cell(
                source.strip("\n"),
                "markdown" if "[markdown]" in head else "code",
                tuple(tags.split(",")) if tags else (),
            )
        )
    return cells


def position(sources: list[str], snippet: str) -> int:
    """Return the index of the one cell that holds a snippet.

    Raises:
        ValueError: No cell holds it, or several do.
    """
    found = [index for index, source in enumerate(sources) if snippet in source]
    if len(found) != 1:
        raise ValueError(f"{snippet!r} is in {len(found)} cells, must be in one.")
    return found[0]


def swapped(cells: list[Cell], swap: Mapping[str, str]) -> list[Cell]:
    """Replace snippets of source, each in the one cell that holds it."""
    cells = list(cells)
    for old, new in swap.items():
        at = position([cell.source for cell in cells], old)
        cells[at] = Cell(cells[at].source.replace(old, new), cells[at].kind, cells[at].tags)
    return cells


def extended(cells: list[Cell], add: Mapping[str, str]) -> list[Cell]:
    """Put cells behind the one that holds a snippet; an empty snippet is the top."""
    cells = list(cells)
    for after, text in add.items():
        new = parse(text) if text.lstrip("\n").startswith("# %%") else [Cell(text.strip("\n"))]
        at = position([cell.source for cell in cells], after) + 1 if after else 0
        cells[at:at] = new
    return cells
