"""A notebook's code as pieces: one top-level statement each, with its text and its data flow."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.cells import code_cells
from lifecycle_core.notebooks.dataflow.reading import read_flow
from lifecycle_core.notebooks.parsing import Parsed, parse_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lifecycle_core.notebooks.cells import CodeCell
    from lifecycle_core.notebooks.dataflow.flow import Flow
    from lifecycle_core.notebooks.parsing import Magic
    from lifecycle_core.notebooks.read import Notebook

_STEP = re.compile(r"\A(?P<above>\s*)%%step[ \t]+(?P<name>[^\n]*)(?P<below>\n\s*%%)?(?=\n|\Z|\w)")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One statement at the top level of a cell.

    Attributes:
        cell: Index of the cell among all cells of the file.
        number: Position among all pieces of the notebook, from 0.
        line: Line of the cell in which `text` begins, from 1.
        text: Source with the comments above and beside it, without indentation.
        node: Its syntax tree; line numbers are those of the cell.
        flow: What it defines, needs and changes.
        last: It is the last statement of its cell, so that Jupyter shows its value.
    """

    cell: int
    number: int
    line: int
    text: str
    node: ast.stmt
    flow: Flow
    last: bool = False

    @property
    def binds(self) -> tuple[str, ...]:
        """The names it binds, or may bind, in the order of their lines."""
        return tuple(dict.fromkeys((*self.flow.defines, *self.flow.maybe)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCell:
    """One code cell, read.

    Attributes:
        index: Among all cells of the file.
        tags: Of the cell.
        pieces: Its statements, in order.
        magics: Its magics, in order.
        error: Why it is no Python that we can read; empty if it is.
        error_line: Line of the error, from 1.
    """

    index: int
    tags: frozenset[str]
    pieces: tuple[Piece, ...]
    magics: tuple[Magic, ...] = ()
    error: str = ""
    error_line: int = 1


def read_pieces(cells: Iterable[CodeCell]) -> tuple[ReadCell, ...]:
    """Take a notebook's code cells apart.

    Cells tagged `skip-execution` are left out, as a clean run leaves them out.
    """
    modules: dict[str, str] = {}
    found: list[ReadCell] = []
    number = 0
    for cell in cells:
        if "skip-execution" in cell.tags:
            continue
        parsed = parse_cell(cell.source)
        pieces: list[Piece] = []
        if parsed.tree is not None:
            texts = list(_texts(cell.source, parsed.tree.body))
            for node, (line, text) in zip(parsed.tree.body, texts, strict=True):
                flow = read_flow(cell.index, Parsed(tree=ast.Module([node], [])), modules)
                last = node is parsed.tree.body[-1]
                pieces.append(
                    Piece(
                        cell=cell.index,
                        number=number,
                        line=line,
                        text=text,
                        node=node,
                        flow=flow,
                        last=last,
                    )
                )
                number += 1
        found.append(
            ReadCell(
                index=cell.index,
                tags=cell.tags,
                pieces=tuple(pieces),
                magics=parsed.magics,
                error=parsed.error,
                error_line=parsed.error_line,
            )
        )
    return tuple(found)


def instead_of(piece: Piece, text: str) -> tuple[Piece, ...]:
    """Return the pieces of a text that stands in the place of a piece; all have its number."""
    modules: dict[str, str] = {}
    return tuple(
        replace(
            piece,
            text=ast.unparse(node),
            node=node,
            flow=read_flow(piece.cell, Parsed(tree=ast.Module([node], [])), modules),
        )
        for node in ast.parse(text).body
    )


def renumbered(cells: Iterable[ReadCell]) -> tuple[ReadCell, ...]:
    """Number all pieces anew, after some were left out and others came in their place."""
    found: list[ReadCell] = []
    number = 0
    for cell in cells:
        pieces = tuple(
            replace(piece, number=number + place) for place, piece in enumerate(cell.pieces)
        )
        number += len(pieces)
        found.append(replace(cell, pieces=pieces))
    return tuple(found)


def _texts(source: str, body: Sequence[ast.stmt]) -> Iterator[tuple[int, str]]:
    """Yield for each statement the line it begins in and its text, with its comments."""
    lines = source.split("\n")
    comments = _comment_lines(source)
    shared = _shared_lines(body)
    above = 0
    for node in body:
        first, last = _span(node)
        if first in shared or last in shared or not _is_verbatim(lines, node, first, last):
            yield first, ast.unparse(node)
        else:
            begin = first
            while begin - 1 > above and begin - 1 in comments:
                begin -= 1
            yield begin, "\n".join(lines[begin - 1 : last]).rstrip()
        above = last


def _span(node: ast.stmt) -> tuple[int, int]:
    first = node.lineno
    if isinstance(node, _DEFINITIONS):
        first = min([first, *(each.lineno for each in node.decorator_list)])
    return first, node.end_lineno or first


def _shared_lines(body: Sequence[ast.stmt]) -> set[int]:
    """Return the lines that hold parts of two statements, as `a = 1; b = 2` does."""
    seen: set[int] = set()
    shared: set[int] = set()
    for node in body:
        first, last = _span(node)
        for line in {first, last}:
            (shared if line in seen else seen).add(line)
    return shared


def _is_verbatim(lines: Sequence[str], node: ast.stmt, first: int, last: int) -> bool:
    """Tell whether those lines are this statement as it stands, and not what a magic stands for."""
    try:
        parsed = ast.parse("\n".join(lines[first - 1 : last])).body
    except (SyntaxError, ValueError):
        return False
    return len(parsed) == 1 and ast.dump(parsed[0]) == ast.dump(node)


def _comment_lines(source: str) -> set[int]:
    """Return the lines that hold nothing but a comment."""
    found: set[int] = set()
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT and not token.line[: token.start[1]].strip():
                found.add(token.start[0])
    except (tokenize.TokenError, SyntaxError):
        return set()
    return found


def without_step_lines(notebook: Notebook) -> Notebook:
    """Return a notebook that runs where `%%step` is not known: a comment stands in its place.

    Another cell magic below it moves up, because IPython looks for it in the first line only.
    """
    cells = [
        {**cell, "source": _STEP.sub(_as_comment, cell["source"], count=1)}
        if cell["cell_type"] == "code"
        else cell
        for cell in notebook.content["cells"]
    ]
    return replace(notebook, content={**notebook.content, "cells": cells})


def _as_comment(line: re.Match[str]) -> str:
    return f"{line['above']}%%" if line["below"] else f"{line['above']}# step: {line['name']}"


def with_last_look(notebook: Notebook) -> Notebook:
    """Return a notebook with a cell at its end that names every variable, and does nothing.

    The recorder reads what a cell names: so a change that no name led to is seen at the end.
    """
    names: dict[str, None] = {}
    for cell in read_pieces(code_cells(notebook)):
        for piece in cell.pieces:
            names.update(dict.fromkeys(piece.binds))
    look: dict[str, object] = {
        "cell_type": "code",
        "id": "last-look",
        "metadata": {},
        "source": f"# a last look at every variable\n# {' '.join(names)}",
        "outputs": [],
        "execution_count": None,
    }
    cells = [*notebook.content["cells"], look]
    return replace(notebook, content={**notebook.content, "cells": cells})
