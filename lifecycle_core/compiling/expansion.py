"""The variables that a magic or a shell line takes from the notebook, as IPython puts them in."""

from __future__ import annotations

import ast
import builtins
import re
from string import Formatter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_DOLLAR = re.compile(r"\$(\$?[\w.]+)(?=(?:[^']*'[^']*')*[^']*$)")
"""Within single quotes a dollar is the shell's; a name goes on behind a dot, also before `.csv`."""
_CONVERSIONS = {None: -1, "": -1, "s": ord("s"), "r": ord("r"), "a": ord("a")}


def expanded(text: str, bound: Collection[str]) -> str | None:
    r"""Return the source of an expression that gives a line's text with its variables put in.

    IPython puts in `{expression}` and `$name`; if one of them cannot be had, it leaves the whole
    line to the shell. So does this.

    Args:
        text: As it stands behind the magic's name or the exclamation mark.
        bound: The notebook's variables.

    Returns:
        Source text; None if the notebook decides as it runs whether a name can be had.

    Example:
        >>> print(expanded("head -{rows} $path", {"rows", "path"}))
        f'head -{rows} {path}'
        >>> print(expanded("awk '{print $1}' $HOME/{path}", {"path"}))
        "awk '{print $1}' $HOME/{path}"
    """
    try:
        values: list[ast.expr] = list(_values(text))
        source = ast.unparse(ast.fix_missing_locations(ast.JoinedStr(values)))
    except (SyntaxError, ValueError):  # no expression, or one that no f-string can hold
        return repr(text)
    fields = [one for one in values if isinstance(one, ast.FormattedValue)]
    names = {one.id for field in fields for one in ast.walk(field) if isinstance(one, ast.Name)}
    if not names <= {*bound, *dir(builtins)}:
        return repr(text)
    if not fields:
        return repr("".join(str(one.value) for one in values if isinstance(one, ast.Constant)))
    return None if _undecided(text, bound) else source


def _values(text: str) -> Iterator[ast.Constant | ast.FormattedValue]:
    """Yield the parts of an f-string.

    Raises:
        SyntaxError: A field is no expression.
        ValueError: Braces do not fit.
    """
    for plain, field, spec, conversion in Formatter().parse(text):
        begin = 0
        for found in _DOLLAR.finditer(plain):
            if found[1].startswith("$"):
                yield ast.Constant(plain[begin : found.start()] + found[1])
            else:
                yield ast.Constant(plain[begin : found.start()])
                yield _field(found[1], None)
            begin = found.end()
        yield ast.Constant(plain[begin:])
        if field is not None:
            # A colon is no format here, but a slice.
            yield _field(f"{field}:{spec}" if spec else field, conversion)


def _field(text: str, conversion: str | None) -> ast.FormattedValue:
    if conversion not in _CONVERSIONS:
        raise ValueError(f"no conversion: {conversion}")
    value = ast.parse(text.strip(), mode="eval").body
    return ast.FormattedValue(value, _CONVERSIONS[conversion])


def _undecided(text: str, bound: Collection[str]) -> bool:
    """Tell whether a dollar takes an attribute of a variable: only the value knows if it has it."""
    taken = (found[1] for found in _DOLLAR.finditer(text))
    return any("." in name and name.partition(".")[0] in bound for name in taken)
