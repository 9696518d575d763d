"""Pieces of a notebook as they stand in a function: indented, and without what cells alone can."""

from __future__ import annotations

import ast
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WIDTH = 96


def docstring(title: str, paragraphs: Iterable[str], *, width: int = WIDTH) -> str:
    r"""Return a docstring of a title and paragraphs.

    Example:
        >>> docstring("The data", ["One row each."]).strip('"').splitlines()
        ['The data.', '', 'One row each.']
    """
    first = title.strip() if title.strip().endswith((".", "?", "!", ":")) else f"{title.strip()}."
    parts = [first, *(_wrapped(one, width) for one in paragraphs)]
    text = "\n\n".join(parts).replace("\\", "\\\\").replace('"""', "'''")
    if text.endswith('"'):
        text += " "
    return f'"""{text}\n"""' if len(parts) > 1 else f'"""{text}"""'


def _wrapped(paragraph: str, width: int) -> str:
    lines = paragraph.split("\n")
    if any(line.lstrip().startswith(("-", "*", "|", "#", ">", "```", "1.")) for line in lines):
        return "\n".join(line.rstrip() for line in lines)  # a list or a table keeps its lines
    return textwrap.fill(" ".join(lines), width, break_long_words=False, break_on_hyphens=False)


def indented(text: str, by: int = 4) -> str:
    r"""Return code moved to the right; lines within strings stay as they are.

    Example:
        >>> indented('a = \'\'\'x\ny\'\'\'\nb = 1')
        "    a = '''x\ny'''\n    b = 1"
    """
    inside = _string_lines(text)
    margin = " " * by
    return "\n".join(
        margin + line if line.strip() and number not in inside else line
        for number, line in enumerate(text.split("\n"), start=1)
    )


def _string_lines(text: str) -> set[int]:
    """Return the lines that begin inside of a string."""
    # What is indented already is parsed as the body of a block, which is one line more.
    shift, source = (1, f"if True:\n{text}") if text[:1] == " " else (0, text)
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return set()
    return {
        line - shift
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant | ast.JoinedStr)
        and isinstance(getattr(node, "value", ""), str | bytes)
        for line in range(node.lineno + 1, (node.end_lineno or node.lineno) + 1)
    }


def as_closure(text: str) -> str:
    r"""Return a statement's text as it reads inside of another function.

    Example:
        >>> as_closure("def f():\n    global n\n    n += 1")
        'def f():\n    nonlocal n\n    n += 1'
    """
    lines = text.encode().split(b"\n")
    # From the last to the first, so that columns to the left of a change stay right.
    places = sorted(
        ((node.lineno - 1, node.col_offset) for node in _declared_global(ast.parse(text))),
        reverse=True,
    )
    for line, column in places:
        before, after = lines[line][:column], lines[line][column:]
        lines[line] = before + b"nonlocal" + after.removeprefix(b"global")
    return b"\n".join(lines).decode()


def _declared_global(tree: ast.Module) -> Iterator[ast.Global]:
    """Yield the `global` statements of functions."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in function.body:
                yield from _globals_of(node)


def _globals_of(node: ast.AST) -> Iterator[ast.Global]:
    if isinstance(node, ast.Global):
        yield node
    elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        for inner in ast.iter_child_nodes(node):
            yield from _globals_of(inner)
