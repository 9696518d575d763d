"""A step's module: its imports, what it alone uses, what it gives, and its function."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifecycle_core.compiling.program import literal_text
from lifecycle_core.compiling.writing.texts import as_closure, docstring, indented
from lifecycle_core.compiling.writing.types import annotation, of_literal
from lifecycle_core.notebooks.dataflow.knowledge import BUILTINS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lifecycle_core.compiling.pieces import Piece
    from lifecycle_core.compiling.writing.layout import Layout

_RETURNED = "Outputs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A module's text before it is formatted.

    Attributes:
        text: Its source.
        placed: For each statement of the function's body in order, the piece that it is; None for
            one that stands in no cell.
    """

    text: str
    placed: tuple[Piece | None, ...] = ()


def field_of(name: str, taken: Sequence[str]) -> str:
    """Return the field of a named tuple that holds a variable: fields may not begin with `_`.

    Example:
        >>> field_of("_tmp", ("tmp_",)), field_of("model", ())
        ('tmp__', 'model')
    """
    if not name.startswith("_"):
        return name
    field = name.lstrip("_") + "_"
    while field in taken or not field.isidentifier():
        field = f"{field}_" if field.isidentifier() else f"value_{field}"
    return field


def step_module(
    layout: Layout, number: int, package: str, prose: Sequence[str], title: str
) -> Module:
    """Return the module of a step.

    Args:
        layout: What goes where.
        number: Of the step, from 0.
        package: Such as `pipelines.churn`.
        prose: Paragraphs for its docstring.
        title: First line of its docstring.
    """
    name, border = layout.names[number], layout.borders[number]
    body, brought = layout.body(number), layout.brought(number)
    own = layout.definitions_in(name)
    given, needs = _outputs(layout, number)
    taken, more = _inputs(layout, number)
    typing_only = {*needs, *more} - {"from typing import Any", ""}
    imports = dict.fromkeys(layout.imports(name, (*body, *brought), package))
    typing_only -= imports.keys()
    lines = [docstring(title, prose), "", "from __future__ import annotations", ""]
    from_typing = ["NamedTuple"] if given else []
    from_typing += ["TYPE_CHECKING"] if typing_only else []
    from_typing += ["Any"] if "from typing import Any" in {*needs, *more} else []
    if from_typing:
        lines.append(f"from typing import {', '.join(from_typing)}")
    suppressed = any(layout.program.may_stop(cell) for cell in layout.groups[number].cells)
    if suppressed:
        lines.append("from contextlib import suppress")
    replaced = _builtins_rebound(layout, number)
    if replaced:
        lines.append("import builtins")
    lines += imports
    if typing_only:
        lines += ["", "if TYPE_CHECKING:", *(f"    {line}" for line in sorted(typing_only))]
    for piece in own:
        lines += ["", "", piece.text]
    returned = f"{''.join(part.title() for part in name.split('_'))}{_RETURNED}"
    if given:
        lines += ["", "", f"class {returned}(NamedTuple):", f'    """What `{name}` gives."""', ""]
        lines += [f"    {field}: {kind}" for field, kind, _ in given]
    lines += ["", "", _signature(name, taken, returned if given else "None")]
    lines.append(indented(docstring(title, ())))
    head, lines = lines, []
    lines += [f"    {one} = builtins.{one}" for one in replaced]
    declared = _bound_by_functions_only(layout, number)
    lines += [f"    {one}: object" for one in declared]
    placed: list[Piece | None] = [None] * (len(replaced) + len(declared))
    for piece in brought:
        lines.append(indented(as_closure(piece.text)))
        placed.append(piece)
    text, pieces = _code(layout, body)
    lines += text
    placed += pieces
    if given:
        values = ", ".join(f"{field}={variable}" for field, _, variable in given)
        lines += ["", f"    return {returned}({values})"]
        placed.append(None)
    elif not placed:
        lines.append("    pass")
    if any(awaits(piece.node) for piece in body):
        lines = [
            f"    async def cells() -> {returned if given else 'None'}:",
            *(indented(line) for line in ["\n".join(lines)]),
            "",
            f"    {'return ' if given else ''}asyncio.run(cells())",
        ]
        head.insert(4, "import asyncio")
    return Module(text="\n".join((*head, *lines)) + "\n", placed=tuple(placed))


def awaits(node: ast.AST) -> bool:
    """Tell whether a statement waits for something outside of any function.

    Example:
        >>> awaits(ast.parse("x = await f()")), awaits(ast.parse("async def g(): await f()"))
        (True, False)
    """
    if isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith):
        return True
    if isinstance(node, ast.comprehension) and node.is_async:
        return True
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return False
    return any(awaits(inner) for inner in ast.iter_child_nodes(node))


def _signature(name: str, taken: tuple[list[str], list[str]], returned: str) -> str:
    positional, keywords = taken
    words = ", ".join((*positional, *(["*", *keywords] if keywords else ())))
    return f"def {name}({words}) -> {returned}:"


def _outputs(layout: Layout, number: int) -> tuple[list[tuple[str, str, str]], list[str]]:
    """Return field, annotation and variable of each output, and the imports of the annotations."""
    found: list[tuple[str, str, str]] = []
    needs: list[str] = []
    for name in layout.borders[number].outputs:
        kind = _annotated(layout, name, layout.groups[number].cells[-1])
        found.append((field_of(name, [field for field, _, _ in found]), kind[0], name))
        needs.append(kind[1])
    return found, needs


def _inputs(layout: Layout, number: int) -> tuple[tuple[list[str], list[str]], list[str]]:
    border = layout.borders[number]
    positional: list[str] = []
    needs: list[str] = []
    for name, by in border.inputs.items():
        kind = _annotated(layout, name, layout.groups[by].cells[-1])
        positional.append(f"{name}: {kind[0]}")
        needs.append(kind[1])
    keywords: list[str] = []
    for name in border.parameters:
        value = ast.literal_eval(layout.program.parameters[name])
        kind_text = of_literal(value)
        if "Any" in kind_text:
            needs.append("from typing import Any")
        fixed = not isinstance(value, list | dict | set)
        default = f" = {literal_text(layout.program.parameters[name])}" if fixed else ""
        keywords.append(f"{name}: {kind_text}{default}")
    return (positional, keywords), needs


def _annotated(layout: Layout, name: str, cell: int) -> tuple[str, str]:
    variable = layout.program.variable_after(name, cell)
    classes = layout.places.keys()
    found = annotation(variable.type if variable else "", classes)
    return found.text, found.needs


def _builtins_rebound(layout: Layout, number: int) -> list[str]:
    """Return builtins that a step uses before it binds a variable of that name."""
    program = layout.program
    bound = {name for cell in layout.groups[number].cells for name in program.bound(cell)}
    sure: set[str] = set()
    found: list[str] = []
    for piece in layout.body(number):
        if piece.number not in program.reaches:
            continue
        for name in program.reaches[piece.number].uses:
            outside = name in layout.borders[number].inputs or (
                name in layout.borders[number].parameters
            )
            if name in bound and name in BUILTINS and name not in sure and not outside:
                found.append(name)
        sure |= program.reaches[piece.number].defines
    return list(dict.fromkeys(found))


def _bound_by_functions_only(layout: Layout, number: int) -> list[str]:
    """Return variables that only functions bind, which declared them `global` in the notebook."""
    program = layout.program
    inside = [p for p in layout.body(number) if program.roles.of[p.number] == "code"]
    by_function = {name for piece in inside for name in program.reaches[piece.number].maybe}
    own = {name for piece in inside for name in piece.binds}
    border = layout.borders[number]
    return sorted(by_function - own - border.inputs.keys() - set(border.parameters))


def _code(layout: Layout, body: Sequence[Piece]) -> tuple[list[str], list[Piece | None]]:
    lines: list[str] = []
    placed: list[Piece | None] = []
    for cell, pieces in _by_cell(body):
        if lines:
            lines.append("")
        if layout.program.may_stop(cell):
            lines.append("    with suppress(Exception):")
            lines += [indented(_text(layout, piece), 8) for piece in pieces]
            placed.append(pieces[0])
            continue
        last = 0
        for piece in pieces:
            if last and piece.line > last + 1:
                lines.append("")
            lines.append(indented(_text(layout, piece)))
            placed.append(piece)
            last = piece.line + piece.text.count("\n")
    return lines, placed


def _by_cell(body: Sequence[Piece]) -> Iterator[tuple[int, list[Piece]]]:
    cells: dict[int, list[Piece]] = {}
    for piece in body:
        cells.setdefault(piece.cell, []).append(piece)
    yield from cells.items()


def _text(layout: Layout, piece: Piece) -> str:
    is_function = isinstance(piece.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)

    return as_closure(piece.text) if is_function else piece.text
