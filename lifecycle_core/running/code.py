"""Which code a step reaches, as statements whose digests ignore comments, docstrings and layout.

A step's own module counts whole. Of `shared.py`, of other modules of the package and of local
modules beside the notebook count the definitions that the names taken from them reach, and every
statement that does something when the module is loaded; so it is with the packages around them.
Syntax trees are hashed, not bytecode: the order of a set's literals in bytecode depends on the
hash seed.
"""

from __future__ import annotations

import ast
import hashlib
from typing import TYPE_CHECKING

from lifecycle_core.running.registering import may_register, origins
from lifecycle_core.schema.trace import Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Read = Callable[[str], str | None]

_DIGITS = 16
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
_WHOLE = "*"
_LOADED: frozenset[str] = frozenset()
"""No name of a module is wanted, but it is loaded."""


def code_of(
    package: str, step: str, read: Read, is_package: Callable[[str], bool] | None = None
) -> dict[str, tuple[Statement, ...]]:
    r"""Return the code that a step reaches, by piece.

    Args:
        package: Dotted name of the pipeline's package, such as `pipelines.churn`.
        step: Name of the step's module.
        read: Gives the source of a local module by its dotted name; None for any other.
        is_package: Tells whether such a module is the `__init__` of a package; by default none is.

    Returns:
        By piece, named `train` for the step itself, else by module and definition, such as
        `shared.clean`, its statements in order.

    Raises:
        SyntaxError: A module cannot be parsed.

    Example:
        >>> sources = {"p.shared": "def f(): return 1\ndef g(): return 2",
        ...            "p.load": "from p.shared import f\ndef load(): return f()"}
        >>> sorted(code_of("p", "load", sources.get))
        ['load', 'shared.f']
    """
    reach = _Reach(package, read, is_package or (lambda _: False))
    reach.module(f"{package}.{step}", frozenset({_WHOLE}))
    if read(f"{package}.set_up") is not None:
        reach.module(f"{package}.set_up", frozenset({_WHOLE}))
    return reach.pieces()


class _Reach:
    """Follows names from module to module until nothing new is reached."""

    def __init__(self, package: str, read: Read, is_package: Callable[[str], bool]) -> None:
        self._package = package
        self._read = read
        self._is_package = is_package
        self._parsed: dict[str, ast.Module] = {}
        self._done: dict[str, set[str]] = {}
        self._found: dict[str, dict[str, list[Statement]]] = {}

    def pieces(self) -> dict[str, tuple[Statement, ...]]:
        """Return what was reached, by piece."""
        found = {name: tuple(x) for pieces in self._found.values() for name, x in pieces.items()}
        return dict(sorted(found.items()))

    def module(self, name: str, wanted: frozenset[str]) -> None:
        """Follow the names that are wanted of a module; `*` wants all."""
        if name == self._package or (name in self._done and wanted <= self._done[name]):
            return  # the package's own module imports every step, and no step needs it
        tree = self._tree(name)
        if tree is None:
            return
        done = self._done.setdefault(name, set())
        done |= wanted
        known: set[int] = set()
        names = set(done)
        outside = origins(tree)
        while True:
            fresh = [
                (number, statement)
                for number, statement in enumerate(tree.body)
                if number not in known
                and (
                    _WHOLE in names or _counts(statement, names) or may_register(statement, outside)
                )
            ]
            if not fresh:
                break
            for number, statement in fresh:
                known.add(number)
                names |= _mentioned(statement)
        self._collect(name, tree, known)
        for number, statement in enumerate(tree.body):
            for target, taken in self._taken(name, statement):
                if number in known:
                    self.module(target, taken)
                elif isinstance(statement, ast.Import | ast.ImportFrom):
                    self.module(target, _LOADED)  # what it does by itself, it does all the same

    def _collect(self, name: str, tree: ast.Module, known: set[int]) -> None:
        short = name.removeprefix(f"{self._package}.")
        whole = _WHOLE in self._done[name]
        pieces: dict[str, list[Statement]] = {}
        for number in sorted(known):
            statement = tree.body[number]
            piece = short
            if isinstance(statement, _DEFINITIONS) and not whole:
                piece = f"{short}.{statement.name}"
            pieces.setdefault(piece, []).extend(_statements(statement, 0))
        self._found[name] = pieces

    def _taken(self, name: str, statement: ast.stmt) -> Iterator[tuple[str, frozenset[str]]]:
        """Yield the modules that a statement imports from, and which names."""
        for node in ast.walk(statement):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    parts = alias.name.split(".")
                    for end in range(1, len(parts) + 1):
                        yield ".".join(parts[:end]), frozenset({_WHOLE})
            elif isinstance(node, ast.ImportFrom):
                base = self._absolute(name, node)
                yield from ((above, _LOADED) for above in _packages_above(base))
                for alias in node.names:
                    below = f"{base}.{alias.name}"
                    if alias.name != _WHOLE and self._read(below) is not None:
                        yield below, frozenset({_WHOLE})
                    else:
                        yield base, frozenset({alias.name})

    def _absolute(self, name: str, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        inside = name.split(".")
        above = inside[: len(inside) - node.level + self._is_package(name)]
        return ".".join([*above, *([node.module] if node.module else [])])

    def _tree(self, name: str) -> ast.Module | None:
        if name not in self._parsed:
            source = self._read(name)
            if source is None:
                return None
            self._parsed[name] = _without_docstrings(ast.parse(source))
        return self._parsed[name]


def _packages_above(name: str) -> Iterator[str]:
    """Yield the packages that are loaded before a module, the outermost first."""
    parts = name.split(".")
    return (".".join(parts[:end]) for end in range(1, len(parts)))


def _counts(statement: ast.stmt, names: set[str]) -> bool:
    """Tell whether a statement at module level is reached by names, or does something by itself."""
    bound = _bound(statement)
    if bound is None:
        return True
    return not bound.isdisjoint(names)


def _bound(statement: ast.stmt) -> set[str] | None:
    """Return the names that a plain definition binds; None if it may do more than bind."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return {statement.name}
        case ast.Import() | ast.ImportFrom():
            names = {(alias.asname or alias.name).split(".")[0] for alias in statement.names}
            return None if _WHOLE in names else names
        case ast.Assign() if all(isinstance(target, ast.Name) for target in statement.targets):
            return {target.id for target in statement.targets if isinstance(target, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
        case _:
            return None


def _mentioned(statement: ast.stmt) -> set[str]:
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}


def _statements(node: ast.stmt, depth: int) -> Iterator[Statement]:
    """Yield a statement without its blocks, then what stands in them, one level deeper."""
    emptied = {name: getattr(node, name) for name in _BLOCKS if getattr(node, name, None)}
    fields = {name: value for name, value in ast.iter_fields(node) if name not in emptied}
    text = f"{depth} {type(node).__name__} {sorted(emptied)} " + ", ".join(
        f"{name}={_dumped(value)}" for name, value in sorted(fields.items())
    )
    yield Statement(
        digest=hashlib.sha256(text.encode()).hexdigest()[:_DIGITS],
        line=getattr(getattr(node, "pattern", node), "lineno", 1),  # a case's is its pattern's
    )
    for name in _BLOCKS:
        for child in emptied.get(name, ()):
            yield from _statements(child, depth + 1)


def _dumped(value: object) -> str:
    if isinstance(value, ast.AST):
        return ast.dump(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(_dumped, value)) + "]"
    return repr(value)


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(node, (ast.Module, *_DEFINITIONS)) and body and _is_text(body[0]):
            del body[0]
    return tree


def _is_text(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=ast.Constant(value=str())):
            return True
        case _:
            return False
