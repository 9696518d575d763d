"""The modules of a package that are no step: `run`, what steps share, settings of libraries."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from lifecycle_core.compiling.naming import unused
from lifecycle_core.compiling.settings import must_come_first
from lifecycle_core.compiling.writing.layout import SET_UP, SHARED
from lifecycle_core.compiling.writing.steps import field_of
from lifecycle_core.compiling.writing.texts import docstring
from lifecycle_core.compiling.writing.types import of_literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.compiling.pieces import Piece
    from lifecycle_core.compiling.writing.layout import Layout


def shared_module(layout: Layout, package: str) -> str | None:
    """Return the module of what several steps use; None if there is nothing."""
    pieces = layout.definitions_in(SHARED)
    if not pieces:
        return None
    return _module("Functions, classes and constants that several steps use.",
                   layout.imports(SHARED, pieces, package), [p.text for p in pieces])  # fmt: skip


def settings_module(layout: Layout, package: str) -> str | None:
    """Return the module that sets what holds for the whole process; None if there is nothing."""
    pieces = sorted(
        {p.number: p for p in (*layout.settings, *layout.definitions_in(SET_UP))}.values(),
        key=lambda piece: piece.number,
    )
    if not pieces:
        return None
    return _module("Settings of libraries, for the whole process.",
                   layout.imports(SET_UP, pieces, package), [*map(_set, pieces)])  # fmt: skip


def _set(piece: Piece) -> str:
    """Return the text of a setting; an import is one by itself, and must not look forgotten."""
    if isinstance(piece.node, ast.Import | ast.ImportFrom):
        return f"{ast.unparse(piece.node)}  # noqa: F401 - importing it is what matters"
    return piece.text


def _module(title: str, imports: Sequence[str], texts: Sequence[str]) -> str:
    head = [docstring(title, ()), "", "from __future__ import annotations", "", *imports, ""]
    return "\n".join((*head, "\n\n\n".join(texts))) + "\n"


def front_module(layout: Layout, package: str, title: str, prose: Sequence[str]) -> str:
    """Return the package's `__init__`: the steps in order, as one function."""
    lines = [docstring(title, prose), "", "from __future__ import annotations", ""]
    lines.append("from typing import Any")
    sets = settings_module(layout, package) is not None
    early = sets and any(must_come_first(piece) for piece in layout.settings)
    if early:
        lines.append(f"from {package} import {SET_UP}  # noqa: F401 - it sets when it is imported")
    lines += [f"from {package}.{name} import {name}" for name in layout.names]
    lines += [f"from {package}.{layout.places[name]} import {name}" for name in layout.constants]
    lines += layout.imports_of(layout.imported_values)
    lines += ["", '__all__ = ["run"]', ""]
    if sets and not early:
        # Some settings hold only for what is loaded by then.
        lines += [f"from {package} import {SET_UP}  # noqa: E402, F401 - when all is loaded", ""]
    lines += ["", *_run(layout)]
    return "\n".join(lines) + "\n"


def _run(layout: Layout) -> list[str]:
    words: list[str] = []
    filled: list[str] = []
    for name, value in layout.program.parameters.items():
        default = ast.literal_eval(value)
        kind = of_literal(default)
        if isinstance(default, list | dict | set):
            words.append(f"{name}: {kind} | None = None")
            filled += [f"    if {name} is None:", f"        {name} = {ast.unparse(value)}"]
        else:
            words.append(f"{name}: {kind} = {ast.unparse(value)}")
    signature = f"*, {', '.join(words)}" if words else ""
    first = [*layout.program.parameters, *layout.constants, *layout.imported_values]
    values = unused("values", (*first, *layout.names))
    start = ", ".join(f'"{name}": {name}' for name in first)
    lines = [
        f"def run({signature}) -> dict[str, Any]:",
        '    """Run every step in order.',
        "",
        "    Returns:",
        "        Every variable that the steps give, by name; of several versions the last.",
        '    """',
        *filled,
        f"    {values}: dict[str, Any] = {{{start}}}",
    ]
    given = unused("given", (*first, *layout.names))
    for number, name in enumerate(layout.names):
        lines += _call(layout, number, name, values=values, given=given)
    return [*lines, f"    return {values}"]


def _call(layout: Layout, number: int, name: str, *, values: str, given: str) -> list[str]:
    border = layout.borders[number]
    words = [f'{values}["{each}"]' for each in border.inputs]
    words += [f"{each}={each}" for each in border.parameters]
    call = f"{name}({', '.join(words)})"
    if not border.outputs:
        return [f"    {call}"]
    fields: list[str] = []
    for output in border.outputs:
        fields.append(field_of(output, (*border.outputs, *fields)))
    if fields == list(border.outputs):
        return [f"    {values} |= {call}._asdict()"]
    pairs = ", ".join(
        f'"{output}": {given}.{field}' for output, field in zip(border.outputs, fields, strict=True)
    )
    return [f"    {given} = {call}", f"    {values} |= {{{pairs}}}"]
