"""Why a step lacks a variable: a statement makes or reads it by a name that is only a text."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lifecycle_core.compiling.pieces import Piece, ReadCell
    from lifecycle_core.schema.pipeline import Refusal

_MISSING = re.compile(
    r"(?:NameError: name|UndefinedVariableError: (?:name|local variable)) '(\w+)' is not defined"
    r"|KeyError: '(\w+)'"
)
_READERS = frozenset({"eval", "globals", "locals", "vars"})
_QUERIES = frozenset({"eval", "query"})
_LONGEST = 60
"""Characters of a statement that a sentence holds."""


def with_hidden_name(refusal: Refusal, error: str, cells: Sequence[ReadCell]) -> Refusal:
    """Return a refusal that names the statement on account of which a step lacks a variable.

    Args:
        refusal: Why there is no proof.
        error: What was raised when the package ran, such as `NameError: name 'a' is not defined`.
        cells: Of the notebook.

    Returns:
        The same refusal if the error is another one, or no such statement is found.
    """
    missing = _MISSING.match(error)
    if missing is None:
        return refusal
    name = missing[1] or missing[2]
    pieces = [piece for cell in cells for piece in cell.pieces]
    if any(name in piece.binds for piece in pieces):
        found = [(p, node) for p in pieces if p.cell in refusal.cells for node in _readers(p)]
        said = f"reads `{name}` by its name, so that no step can know that it needs it"
        hint = "Keep what is looked up in a dictionary, and look it up there."
        if found and isinstance(found[0][1].func, ast.Attribute):
            hint = f"Hand it over: local_dict={{'{name}': {name}}}."
    else:
        found = [(p, node) for p in pieces for node in _makers(p, name)]
        said = f"makes `{name}`, which no assignment shows"
        hint = f"Write the assignment out: {name} = ..."
    if not found:
        return refusal
    piece, node = found[0]
    return refusal.model_copy(
        update={
            "cells": (piece.cell,),
            "line": node.lineno,
            "names": (name,),
            "reason": f"`{_cut(ast.unparse(node))}` {said}",
            "hint": hint,
        }
    )


def _readers(piece: Piece) -> Iterator[ast.Call]:
    """Yield the calls that may read any variable by a name that is computed."""
    for node in ast.walk(piece.node):
        match node:
            case ast.Call(func=ast.Name(id="eval"), args=[ast.Constant(), *_]):
                continue
            case ast.Call(func=ast.Name(id=called)) if called in _READERS:
                yield node
            case ast.Call(func=ast.Attribute(attr=called)) if called in _QUERIES:
                yield node
            case _:
                continue


def _makers(piece: Piece, name: str) -> Iterator[ast.Call]:
    """Yield the calls that are given a variable's name as a text."""
    for node in ast.walk(piece.node):
        if isinstance(node, ast.Call) and any(
            isinstance(one, ast.Constant) and one.value == name for one in node.args
        ):
            yield node


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
