"""A cell's syntax tree with the line numbers of the cell, its magics noted and turned to calls.

IPython's own transformer is not used here: it drops leading lines, joins continued ones and costs
half a second to load, while a reader of many notebooks needs lines that stay and cells that parse
at once. A cell that is plain Python is parsed once. Only where Python's parser objects is the line
it points at looked at; if it is a magic, a shell line or a question it becomes the call that
IPython makes of it, on the same line, and the parser tries again.
"""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass

_CELL_MAGIC = re.compile(r"\s*%%(?P<name>[\w.]+!?)(?P<text>[^\n]*)(?:\n|$)")
_LINE = re.compile(
    r"(?P<indent>[ \t]*)(?P<target>[A-Za-z_][^=!%?\n]*=[ \t]*)?"
    r"(?:(?P<shell>!!?)(?P<command>.*)|%%?(?P<name>[A-Za-z_][\w.]*)(?P<text>.*))\s*$"
)
_QUESTION = re.compile(
    r"(?P<indent>[ \t]*)(?:\?\??[ \t]*(?P<after>[%\w.*\[\]'\"]+)|(?P<before>[%\w.*\[\]'\"]+)\?\??)"
    r"[ \t]*(?:#.*)?;?\s*$"
)
_PROMPT = re.compile(r"^(?:>>>|\.\.\.|In \[\d+\]:|[ ]+\.\.\.:) ?", re.MULTILINE)
_TRIES = 100
"""How many magics one cell may hold apart from each other; bounds the work on hostile text."""

PYTHON_BODIES = frozenset({"time", "timeit", "capture", "prun", "finalize", "step"})
"""Cell magics whose body is Python that runs in the notebook's own namespace."""
STATEMENT_MAGICS = frozenset({"time", "timeit", "prun"})
"""Line magics whose text is Python that runs in the notebook's own namespace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Magic:
    """A magic or shell line.

    Attributes:
        name: Without percent signs; `!` for a shell line, `pinfo` for a question.
        text: What follows the name on its line, stripped.
        line: Line in the cell, from 1.
        whole_cell: It is a `%%magic`.
    """

    name: str
    text: str
    line: int
    whole_cell: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A cell as Python reads it.

    Attributes:
        tree: None where the cell is another language's or no Python.
        magics: In the order of their lines.
        error: Python's words where it is no Python, else empty.
        error_line: Line of the error, from 1.
    """

    tree: ast.Module | None
    magics: tuple[Magic, ...] = ()
    error: str = ""
    error_line: int = 1


def parse_cell(source: str) -> Parsed:
    r"""Read a cell's text.

    Example:
        >>> parsed = parse_cell("%matplotlib inline\nx = 1\n%time y = x")
        >>> [(magic.name, magic.line) for magic in parsed.magics]
        [('matplotlib', 1), ('time', 3)]
        >>> [(type(node).__name__, node.lineno) for node in parsed.tree.body]
        [('Expr', 1), ('Assign', 2), ('Assign', 3)]
    """
    magics: list[Magic] = []
    while match := _CELL_MAGIC.match(source):
        name, text = match["name"], match["text"].strip()
        line = source.count("\n", 0, match.start("name")) + 1
        magics.append(Magic(name=name, text=text, line=line, whole_cell=True))
        if name not in PYTHON_BODIES:
            return Parsed(tree=None, magics=tuple(magics))
        source = "\n" * match[0].count("\n") + source[match.end() :]
    return _parse(_plain(source), magics)


def _parse(source: str, magics: list[Magic]) -> Parsed:
    lines: list[str] | None = None
    for _ in range(_TRIES):
        try:
            tree = _tree(source)
        except SyntaxError as error:
            at = error.lineno or 1
            lines = source.split("\n") if lines is None else lines
            if not _translated(lines, at - 1, magics):
                message = f"{error.msg}" or "invalid syntax"
                return Parsed(tree=None, magics=_ordered(magics), error=message, error_line=at)
            source = "\n".join(lines)
        except (ValueError, RecursionError, MemoryError) as error:
            words = str(error) or "too deeply nested"
            return Parsed(tree=None, magics=_ordered(magics), error=words)
        else:
            if any(magic.name in STATEMENT_MAGICS and not magic.whole_cell for magic in magics):
                tree = _statements_in_place(tree)
            return Parsed(tree=tree, magics=_ordered(magics))
    return Parsed(tree=None, magics=_ordered(magics), error="too many magics to read")


def _tree(source: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an invalid escape in the user's string is not our news
        return ast.parse(source)


def _plain(source: str) -> str:
    """Drop prompts and the common indentation, as IPython does."""
    first = next((line for line in source.split("\n") if line.strip()), "")
    if first.startswith((">>> ", "In [")):
        source = _PROMPT.sub("", source)
    elif first[:1] in {" ", "\t"}:
        indent = first[: len(first) - len(first.lstrip())]
        source = "\n".join(line.removeprefix(indent) for line in source.split("\n"))
    return source


def _translated(lines: list[str], at: int, magics: list[Magic]) -> bool:
    """Turn the magic on a line, and those that directly follow, into calls; tell if there was one.

    What follows a statement begins a statement, so a line there that looks like a magic is one.
    """
    found = False
    while at < len(lines):
        end, text = at, lines[at]
        while text.rstrip().endswith("\\") and end + 1 < len(lines) and text.lstrip()[:1] in "%!":
            end += 1
            text = text.rstrip().removesuffix("\\") + lines[end]
        call = _call(text, at + 1, magics)
        if call is None:
            return found
        lines[at : end + 1] = [call] + [""] * (end - at)
        found, at = True, end + 1
    return found


def _call(text: str, line: int, magics: list[Magic]) -> str | None:
    if match := _LINE.match(text):
        start = match["indent"] + (match["target"] or "")
        if match["shell"]:
            command = match["command"].strip()
            magics.append(Magic(name="!", text=command, line=line))
            method = "getoutput" if match["target"] or match["shell"] == "!!" else "system"
            return f"{start}get_ipython().{method}({command!r})"
        name, words = match["name"], match["text"].strip()
    elif match := _QUESTION.match(text):
        start, name, words = match["indent"], "pinfo", match["after"] or match["before"]
    else:
        return None
    magics.append(Magic(name=name, text=words, line=line))
    return f"{start}get_ipython().run_line_magic({name!r}, {words!r})"


class _InPlace(ast.NodeTransformer):
    """Puts what `%time` and its like run in the place of the call that runs it."""

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | list[ast.stmt]:
        match node.value:
            case ast.Call(
                func=ast.Attribute(attr="run_line_magic"),
                args=[ast.Constant(value=str() as name), ast.Constant(value=str() as text)],
            ) if name in STATEMENT_MAGICS:
                return _statements(text, node) or node
            case _:
                return node


def _statements_in_place(tree: ast.Module) -> ast.Module:
    try:
        return ast.fix_missing_locations(_InPlace().visit(tree))  # type: ignore[no-any-return]
    except RecursionError:
        return tree


def _statements(text: str, place: ast.Expr) -> list[ast.stmt]:
    words = re.sub(r"^(?:-\w+(?:[ ]*\d+)?[ ]+)*", "", text)  # the magic's own flags
    try:
        body = _tree(words).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    for statement in body:
        ast.increment_lineno(statement, place.lineno - 1)
    return body


def _ordered(magics: list[Magic]) -> tuple[Magic, ...]:
    return tuple(sorted(magics, key=lambda magic: magic.line))
