"""Which line of a formatted module is which line of which cell."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lifecycle_core.compiling.drafting import Draft
    from lifecycle_core.compiling.pieces import Piece
    from lifecycle_core.schema.pipeline import Pipeline, Step


def with_lines(draft: Draft, modules: Mapping[str, str]) -> Pipeline:
    """Return a draft's record, in which each step knows where its lines come from.

    Args:
        draft: The draft.
        modules: Its modules after they were formatted.
    """
    steps = tuple(
        step.model_copy(update={"lines": _lines(draft, step, modules)})
        for step in draft.pipeline.steps
    )
    return draft.pipeline.model_copy(update={"steps": steps})


def _lines(draft: Draft, step: Step, modules: Mapping[str, str]) -> str:
    file = f"{step.name}.py"
    tree = ast.parse(modules[file])
    function = next(
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == step.name
    )
    body = function.body[1:]  # behind the docstring
    if body and isinstance(body[0], ast.AsyncFunctionDef) and body[0].name == "cells":
        body = body[0].body
    found: dict[int, str] = {}
    for node, piece in zip(body, draft.steps[file].placed, strict=False):
        if piece is None:
            continue
        inner = node.body[0] if _is_suppress(node) and not _is_suppress(piece.node) else node
        for here, there in zip(_statements(inner), _statements(piece.node), strict=False):
            found.setdefault(here.lineno, f"{piece.cell}.{_line_in_cell(there, piece)}")
    return " ".join(f"{line}:{place}" for line, place in sorted(found.items()))


def _is_suppress(node: ast.stmt) -> TypeGuard[ast.With]:
    match node:
        case ast.With(items=[ast.withitem(context_expr=ast.Call(func=ast.Name(id="suppress")))]):
            return True
        case _:
            return False


def _line_in_cell(node: ast.stmt, piece: Piece) -> int:
    return max(node.lineno, piece.line)


def _statements(node: ast.AST) -> Iterator[ast.stmt]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.stmt):
            yield inner
