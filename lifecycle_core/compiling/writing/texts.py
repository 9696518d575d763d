"""Pieces of a notebook as they stand in a function: indented, and without what only cells can do."""

from __future__ import annotations

import ast
import re
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDTH = 96
_GLOBAL = re.compile(r"^(\s*)global(\s)", re.MULTILINE)


def docstring(title: str, paragraphs: Iterable[str], *, width: int = WIDTH) -> str:
    r"""Return a docstring of a title and paragraphs.

    Example:
        >>> print(docstring("The data", ["One row per customer."]))
        \"\"\"The data.
        <BLANKLINE>
        One row per customer.
        \"\"\"
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
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return set()
    return {
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant | ast.JoinedStr)
        and isinstance(getattr(node, "value", ""), str | bytes)
        for line in range(node.lineno + 1, (node.end_lineno or node.lineno) + 1)
    }


def as_closure(text: str) -> str:
    r"""Return a function's text as it reads inside of another function.

    Example:
        >>> as_closure("def f():\n    global n\n    n += 1")
        'def f():\n    nonlocal n\n    n += 1'
    """
    return _GLOBAL.sub(r"\1nonlocal\2", text)
