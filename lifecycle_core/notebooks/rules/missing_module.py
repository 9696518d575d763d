"""An import that will not be found.

## What it does
Reports imports of modules that are neither part of Python, nor installed, nor files beside the
notebook. Imports that a `try` is prepared for are left alone.

## Why is this bad?
It is what stops most public notebooks: a clean run raises `ModuleNotFoundError`.

## Examples
`import lightgbm` where it is not installed: add it to the project's dependencies.

## References
- Pimentel et al., EMSE 2021: 39.0 % of public notebooks. Samuel & Mietchen 2024: 63.4 %.
"""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.dataflow import Import
from lifecycle_core.notebooks.rules.base import Rule, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.rules.view import View

PLATFORMS = {"google.colab": "Google Colab", "kaggle_secrets": "Kaggle", "dbruntime": "Databricks",
    "notebookutils": "Fabric"}  # fmt: skip
"""Modules that only a platform has, and which."""


def find(view: View) -> Iterator[Spot]:
    """Yield a spot for each module that is not there."""
    extended = any(call.name.startswith("sys.path.") for call in view.calls) or any(
        "sys.path" in cell.source or "PYTHONPATH" in cell.source for cell in view.cells
    )
    makes = _makes_modules(view)
    told: set[str] = set()
    for flow in view.dataflow.flows:
        if "raises-exception" in view.cell[flow.index].tags:
            continue
        for one in (*flow.imports, *_by_name(view, flow.index)):
            module = _top(one.module)
            if one.guarded or module in told or _there(one, module, view):
                continue
            told.add(module)
            sure = one.certain and not one.deferred and not extended and not makes
            where = PLATFORMS.get(module)
            yield Spot(
                cell=flow.index,
                line=one.line,
                kind="missing_module",
                severity="error" if sure else "warning",
                names=(module,),
                message=f"the module `{module}` is there on {where} only"
                if where
                else f"the module `{module}` is not installed and is no file of the project",
                hint="Remove it, or import it inside `try: ... except ImportError:`."
                if where
                else f"Add what brings `{module}` to the project's dependencies, or put "
                f"{module}.py beside the notebook.",
            )


def _by_name(view: View, cell: int) -> Iterator[Import]:
    """Yield what `importlib.import_module("name")` imports, where the cell itself runs it."""
    for call in view.calls_in(cell):
        if call.name in {"importlib.import_module", "__import__"} and not call.within:
            branch = any(isinstance(node, ast.Try | ast.If) for node in call.stack)
            if (module := view.text(call.argument(0, "name"))) and not branch:
                yield Import(module=module.rstrip("."), name=None, alias="", line=call.line)


def _top(module: str) -> str:
    if module.startswith("google.colab"):
        return "google.colab"
    return module.partition(".")[0]


def _there(one: Import, module: str, view: View) -> bool:
    if not module:  # a relative import; its own error is Python's to tell
        return True
    if module in sys.stdlib_module_names or module == "__main__":
        return True
    if module not in PLATFORMS and view.installed(module):
        return True
    beside = one.module.partition(".")[0]
    if f"{beside}.py" in view.written_by_magic:
        return True
    return any(view.exists(path) for path in (f"{beside}.py", f"{beside}/__init__.py", beside))


def _makes_modules(view: View) -> bool:
    """Tell whether a shell line may install packages or write modules; which ones is unknown."""
    return any(
        magic.name in {"!", "pip", "conda", "bash", "sh", "uv", "mamba"}
        and any(word in magic.text for word in ("install", "protoc", "git ", "unzip", "cp ", "mv "))
        for parsed in view.dataflow.parsed.values()
        for magic in parsed.magics
    )


RULE = Rule("NB501", "missing-module", find)
