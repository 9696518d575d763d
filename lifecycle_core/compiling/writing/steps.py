"""A step's module: its imports, what it alone uses, what it gives, and its function."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifecycle_core.compiling.drawing import closing
from lifecycle_core.compiling.writing.texts import as_closure, docstring, indented
from lifecycle_core.compiling.writing.types import annotation, of_literal
from lifecycle_core.notebooks.dataflow.knowledge import BUILTINS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

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


def field_of(name: str, taken: Collection[str]) -> str:
    """Return the field of a named tuple that holds a variable: fields may not begin with `_`.

    Args:
        name: The variable.
        taken: Names of all variables that are held, and the fields so far.

    Example:
        >>> field_of("_tmp", ("tmp_",)), field_of("model", ("model",))
        ('tmp__', 'model')
    """
    if not name.startswith("_"):
        return name
    plain = name.lstrip("_")
    field = f"{plain}_" if plain.isidentifier() else f"value_{plain}"
    while field in taken:
        field = f"{field}_"
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
    name = layout.names[number]
    body, brought = layout.body(number), layout.brought(number)
    outputs, taken = _outputs(layout, number), _inputs(layout, number)
    returned = f"{''.join(part.title() for part in name.split('_'))}{_RETURNED}"
    returns = returned if outputs else "None"
    inner, placed = _function_body(layout, number)
    if outputs:
        values = ", ".join(f"{one.field}={one.variable}" for one in outputs)
        inner += ["", f"    return {returned}({values})"]
    elif not placed:
        inner.append("    pass")
    waits = any(awaits(piece.node) for piece in body)
    if waits:
        inner = [
            f"    async def cells() -> {returns}:",
            indented("\n".join(inner)),
            "",
            f"    {'return ' if outputs else ''}asyncio.run(cells())",
        ]
    imports = layout.imports(name, (*body, *brought), package)
    needed = [*(one.needs for one in outputs), *taken.needs]
    lines = [docstring(title, prose), "", "from __future__ import annotations", ""]
    lines += ["import asyncio"] if waits else []
    lines += _helping_imports(layout, number)
    lines += _typing_imports(needed, imports, named=bool(outputs))
    for piece in layout.definitions_in(name):
        lines += ["", "", piece.text]
    if outputs:
        lines += ["", "", f"class {returned}(NamedTuple):", f'    """What `{name}` gives."""', ""]
        lines += [f"    {one.field}: {one.annotation}" for one in outputs]
    words = ", ".join((*taken.positional, *(["*", *taken.keywords] if taken.keywords else ())))
    lines += ["", "", f"def {name}({words}) -> {returns}:", indented(docstring(title, ())), *inner]
    return Module(text="\n".join(lines) + "\n", placed=tuple(placed))


def _helping_imports(layout: Layout, number: int) -> list[str]:
    """Return the imports of what we write ourselves into the function."""
    found: list[str] = []
    if any(layout.program.may_stop(cell) for cell in layout.groups[number].cells):
        found.append("from contextlib import suppress")
    if _builtins_rebound(layout, number):
        found.append("import builtins")
    return found


def _typing_imports(needed: Sequence[str], imports: Sequence[str], *, named: bool) -> list[str]:
    """Return all imports, with those that only annotations need apart."""
    any_type = "from typing import Any"
    apart = sorted({*needed} - {any_type, ""} - {*imports})
    from_typing = ["NamedTuple"] if named else []
    from_typing += ["TYPE_CHECKING"] if apart else []
    from_typing += ["Any"] if any_type in needed else []
    lines = [f"from typing import {', '.join(from_typing)}"] if from_typing else []
    lines += dict.fromkeys(imports)
    if apart:
        lines += ["", "if TYPE_CHECKING:", *(f"    {line}" for line in apart)]
    return lines


def _function_body(layout: Layout, number: int) -> tuple[list[str], list[Piece | None]]:
    """Return the lines of a step's function, and which piece each of its statements is."""
    replaced = _builtins_rebound(layout, number)
    declared = _bound_by_functions_only(layout, number)
    lines = [f"    {one} = builtins.{one}" for one in replaced]
    lines += [f"    {one}: object" for one in declared]
    placed: list[Piece | None] = [None] * len(lines)
    for piece in layout.brought(number):
        lines.append(indented(as_closure(piece.text)))
        placed.append(piece)
    text, pieces = _code(layout, layout.body(number))
    return [*lines, *text], [*placed, *pieces]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Output:
    field: str
    annotation: str
    variable: str
    needs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inputs:
    positional: tuple[str, ...]
    keywords: tuple[str, ...]
    needs: tuple[str, ...]


def _outputs(layout: Layout, number: int) -> list[_Output]:
    found: list[_Output] = []
    for name in layout.borders[number].outputs:
        kind, needs = _annotated(layout, name, layout.groups[number].cells[-1])
        taken = (*layout.borders[number].outputs, *(one.field for one in found))
        field = field_of(name, taken)
        found.append(_Output(field=field, annotation=kind, variable=name, needs=needs))
    return found


def _inputs(layout: Layout, number: int) -> _Inputs:
    border = layout.borders[number]
    positional: list[str] = []
    keywords: list[str] = []
    needs: list[str] = []
    for name, by in border.inputs.items():
        kind, needed = _annotated(layout, name, layout.groups[by].cells[-1])
        positional.append(f"{name}: {kind}")
        needs.append(needed)
    for name in border.parameters:
        literal = layout.program.parameters[name]
        value = ast.literal_eval(literal)
        kind = of_literal(value)
        needs += ["from typing import Any"] if "Any" in kind else []
        fixed = not isinstance(value, list | dict | set)
        keywords.append(f"{name}: {kind} = {ast.unparse(literal)}" if fixed else f"{name}: {kind}")
    return _Inputs(positional=tuple(positional), keywords=tuple(keywords), needs=tuple(needs))


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
            lines += [indented(as_closure(piece.text), 8) for piece in pieces]
            placed.append(pieces[0])
            continue
        last = 0
        for piece in pieces:
            if last and piece.line > last + 1:
                lines.append("")
            lines.append(indented(as_closure(piece.text)))
            placed.append(piece)
            last = piece.line + piece.text.count("\n")
        drawing = layout.program.drawing(cell)
        if drawing is not None and pieces[-1].text != closing(drawing):
            lines.append(f"    {closing(drawing)}")
            placed.append(None)
    return lines, placed


def _by_cell(body: Sequence[Piece]) -> Iterator[tuple[int, list[Piece]]]:
    cells: dict[int, list[Piece]] = {}
    for piece in body:
        cells.setdefault(piece.cell, []).append(piece)
    yield from cells.items()
