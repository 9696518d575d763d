"""A notebook in another shape, for a trial: cut short, in another order, with cells put back.

A variant is a notebook of its own, and remembers which cell of the source each of its cells is.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lifecycle_core.notebooks.read import Notebook


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A notebook made from another.

    Attributes:
        notebook: What is run.
        origin: For each of its cells the index in the source, or None for a cell that was added.
    """

    notebook: Notebook
    origin: tuple[int | None, ...]

    def position(self, index: int) -> int | None:
        """Return where the source's cell `index` stands last in the variant; None if nowhere."""
        places = [at for at, source in enumerate(self.origin) if source == index]
        return places[-1] if places else None

    def up_to(self, index: int) -> Variant:
        """Return the variant without what stands after the source's cell `index`."""
        at = self.position(index)
        if at is None or at + 1 == len(self.origin):
            return self
        content = {**self.notebook.content, "cells": self.notebook.content["cells"][: at + 1]}
        return Variant(
            notebook=replace(self.notebook, content=content), origin=self.origin[: at + 1]
        )


def whole(notebook: Notebook) -> Variant:
    """Return the notebook as it is."""
    return Variant(notebook=notebook, origin=tuple(range(len(notebook.content["cells"]))))


def cut_after(notebook: Notebook, index: int) -> Variant:
    """Return the notebook without the cells after `index`."""
    return _made(notebook, ((at, None) for at in range(index + 1)))


def in_order(notebook: Notebook, order: Sequence[int]) -> Variant:
    """Return the cells at these indexes, in this order; an index may come up more than once."""
    return _made(notebook, ((at, None) for at in order))


def with_sources(
    notebook: Notebook, added: Mapping[int, Sequence[str]], replaced: Mapping[int, str]
) -> Variant:
    """Return the notebook with code put back.

    Args:
        notebook: The source.
        added: Code cells by the index of the cell that they come before; the number of cells means
            the end.
        replaced: Other code for some cells, by index.
    """
    cells: list[tuple[int | None, str | None]] = []
    for at in range(len(notebook.content["cells"]) + 1):
        cells += [(None, source) for source in added.get(at, ())]
        if at < len(notebook.content["cells"]):
            cells.append((at, replaced.get(at)))
    return _made(notebook, cells)


def _made(notebook: Notebook, cells: Iterable[tuple[int | None, str | None]]) -> Variant:
    """Build a variant from pairs of a source index and other code for that cell."""
    made: list[dict[str, Any]] = []
    origin = []
    for index, source in cells:
        cell = _new_cell() if index is None else dict(notebook.content["cells"][index])
        cell.pop("id", None)  # a cell that comes up twice may not carry its id twice
        if source is not None:
            cell["source"] = source
        made.append(cell)
        origin.append(index)
    content = {**notebook.content, "cells": made, "nbformat_minor": 4}
    digest = hashlib.sha256(repr([cell["source"] for cell in made]).encode()).hexdigest()
    return Variant(
        notebook=replace(notebook, content=content, digest=f"sha256:{digest}"),
        origin=tuple(origin),
    )


def _new_cell() -> dict[str, Any]:
    return {
        "cell_type": "code",
        "metadata": {},
        "source": "",
        "outputs": [],
        "execution_count": None,
    }
