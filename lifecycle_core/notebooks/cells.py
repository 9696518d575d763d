"""Code cells, their magics and their parameters, without running anything."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lifecycle_core.errors import NotebookInvalid
from lifecycle_core.notebooks.parsing import PYTHON_BODIES, parse_cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lifecycle_core.notebooks.read import Notebook

_LABEL = 60
_CELL_MAGIC = re.compile(
    r"\s*%%(?P<name>[\w.]+)[ \t]*(?P<line>[^\n]*)(?:\n(?P<body>.*))?", re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeCell:
    """One code cell of a notebook.

    Attributes:
        index: Position among all cells of the file, from 0.
        label: The first line of code, cut to 60 characters.
        execution_count: As stored; None if the cell was not run.
        cell_magic: Name of the `%%magic` that takes the whole cell, or None.
        line_magics: Names of the `%magics` in the cell, in order of their lines.
    """

    index: int
    source: str
    label: str
    tags: frozenset[str] = frozenset()
    outputs: tuple[Mapping[str, Any], ...] = ()
    execution_count: int | None = None
    cell_magic: str | None = None
    line_magics: tuple[str, ...] = ()


def code_cells(notebook: Notebook) -> tuple[CodeCell, ...]:
    """Return the code cells in the order of the file, empty ones included."""
    return tuple(
        CodeCell(
            index=index,
            source=cell["source"],
            label=_label(cell["source"]),
            tags=frozenset(map(str, cell["metadata"].get("tags", []))),
            outputs=tuple(cell["outputs"]),
            execution_count=_count(cell.get("execution_count")),
            cell_magic=magic["name"] if (magic := _CELL_MAGIC.match(cell["source"])) else None,
            line_magics=tuple(name for name, _ in _line_magics(cell["source"])),
        )
        for index, cell in enumerate(notebook.content["cells"])
        if cell["cell_type"] == "code"
    )


def release_cell(notebook: Notebook) -> tuple[int, str, str] | None:
    """Find the `%%release NAME` cell.

    Returns:
        Its index in the file, the name on its first line (may be empty), and the YAML below; or
        None if there is no such cell.

    Raises:
        NotebookInvalid: There are two.
    """
    found = [
        (cell.index, magic["line"].strip(), magic["body"] or "")
        for cell in code_cells(notebook)
        if (magic := _CELL_MAGIC.match(cell.source)) and magic["name"] == "release"
    ]
    if len(found) > 1:
        listed = " and ".join(str(index) for index, _, _ in found)
        raise NotebookInvalid(
            f"{notebook.path} has {len(found)} %%release cells ({listed}), and one is wanted.",
            path=str(notebook.path),
            hint="Keep one, or move the others to notebooks of their own.",
        )
    return found[0] if found else None


def calls_finalize(notebook: Notebook) -> bool:
    """Tell whether some cell holds a `%finalize` magic or a call of `finalize(...)`."""
    return any(
        "finalize" in cell.line_magics
        or cell.cell_magic == "finalize"
        or any(_calls(tree, "finalize") for tree in _trees(cell.source))
        for cell in code_cells(notebook)
        if "finalize" in cell.source
    )


def parameter_names(notebook: Notebook) -> frozenset[str] | None:
    """Return the names that the cell tagged `parameters` sets, or None without such a cell."""
    for cell in code_cells(notebook):
        if "parameters" in cell.tags:
            return frozenset(
                target.id
                for tree in _trees(cell.source)
                for node in tree.body
                for target in _targets(node)
                if isinstance(target, ast.Name)
            )
    return None


def python_source(source: str) -> str:
    r"""Return a cell's text as plain Python, its magics turned into calls as IPython does.

    Example:
        >>> python_source("%matplotlib inline\n")
        "get_ipython().run_line_magic('matplotlib', 'inline')\n"
    """
    if not any(mark in source for mark in "%!?"):
        return source
    # Loads IPython (half a second), so only for cells that may hold a magic.
    from IPython.core.inputtransformer2 import TransformerManager  # noqa: PLC0415

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an invalid escape in the user's string is not our news
        return str(TransformerManager().transform_cell(source))


def _label(source: str) -> str:
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    code = next((line for line in lines if not line.startswith("#")), lines[0] if lines else "")
    return code if len(code) <= _LABEL else code[: _LABEL - 1] + "…"


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _line_magics(source: str) -> Iterator[tuple[str, str]]:
    """Yield name and argument text of each line magic."""
    if "%" in source:
        for magic in parse_cell(source).magics:
            if not magic.whole_cell and magic.name != "!":
                yield magic.name, magic.text


def _trees(source: str) -> Iterator[ast.Module]:
    """Yield the syntax trees of a cell: none where it is no Python, so nothing can be said."""
    magic = _CELL_MAGIC.match(source)
    if magic:
        if magic["name"] not in PYTHON_BODIES:
            return
        source = magic["body"] or ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield ast.parse(python_source(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # the run itself will report it, in the user's words


def _calls(tree: ast.Module, name: str) -> bool:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called)):
                if called == name:
                    return True
            case _:
                continue
    return False


def _targets(node: ast.stmt) -> list[ast.expr]:
    match node:
        case ast.Assign(targets=targets):
            return [
                element
                for target in targets
                for element in (target.elts if isinstance(target, ast.Tuple) else [target])
            ]
        case ast.AnnAssign(target=target):
            return [target]
        case _:
            return []
