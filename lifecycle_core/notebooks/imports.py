"""Which modules a notebook's source imports, without running it: a first guess for its lock."""

from __future__ import annotations

import ast
import re
import warnings
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.cells import code_cells, python_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lifecycle_core.notebooks.read import Notebook

_CELL_MAGIC = re.compile(r"\s*%%\w+[^\n]*\n?")


def imports_of(notebook: Notebook, local: Mapping[str, str] | None = None) -> frozenset[str]:
    r"""Return the names of modules that the cells import, with dots as written.

    Imports that are computed are not seen, nor is what the imported modules import in turn.

    Args:
        notebook: Its code cells are read; one that is no Python says nothing.
        local: Sources of modules beside the notebook by name; what those that the cells reach
            import is added.

    Example:
        >>> from pathlib import Path
        >>> from lifecycle_core.notebooks.read import Notebook
        >>> source = "%load_ext nbext\nimport numpy as np, google.cloud.storage\nimport mine"
        >>> cell = {"cell_type": "code", "source": source, "metadata": {}, "outputs": []}
        >>> made = Notebook(path=Path("a.ipynb"), content={"cells": [cell]}, digest="")
        >>> sorted(imports_of(made, {"mine": "import polars"}))
        ['google.cloud.storage', 'mine', 'nbext', 'numpy', 'polars']
    """
    sources = dict(local or {})
    found: set[str] = set()
    waiting = [cell.source for cell in code_cells(notebook)]
    while waiting:
        for name in _imports(waiting.pop()):
            found.add(name)
            owned = {name, name.partition(".")[0]} & sources.keys()
            waiting += [sources.pop(own) for own in sorted(owned)]
    return frozenset(found)


def _imports(source: str) -> Iterator[str]:
    bare = _CELL_MAGIC.sub("", source, count=1) if source.lstrip().startswith("%%") else source
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(python_source(bare))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str() as module, level=0, names=names):
                yield module
                yield from (f"{module}.{alias.name}" for alias in names if alias.name != "*")
            case ast.Call(
                func=ast.Attribute(attr="run_line_magic"),
                args=[ast.Constant(value="load_ext"), ast.Constant(value=str() as extension), *_],
            ):
                yield extension.strip()
            case ast.Call(
                func=ast.Attribute(attr="run_line_magic"),
                args=[ast.Constant(value="matplotlib" | "pip" as name), *_],
            ):
                yield name
            case _:
                continue
