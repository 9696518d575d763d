"""Variables that a library looks up by a text: `@limit` in a query, a frame's name in SQL."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.dataflow.effects import dotted_name
from lifecycle_core.notebooks.dataflow.scopes import bound_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

_WORD = re.compile(r"[^\W\d]\w*")
_AT = re.compile(r"@([^\W\d]\w*)")
_TABLE = re.compile(r"\b(?:from|join|into|update)\s+([^\W\d]\w*)", re.IGNORECASE)
_CALLED = re.compile(r"([^\W\d]\w*)\s*\(")
_BY_AT = frozenset({"query", "eval"})
_SQL = frozenset({"sql", "execute", "query", "sql_query", "from_query", "read_sql"})
_FORMULAS = frozenset({
    "dmatrices", "dmatrix", "from_formula", "gee", "glm", "gls", "logit", "mixedlm", "mnlogit",
    "negativebinomial", "ols", "phreg", "poisson", "probit", "quantreg", "rlm", "wls",
})  # fmt: skip


def named_in_texts(node: ast.AST, known: Collection[str]) -> Iterator[str]:
    """Yield variables that a library will look up by the text it is given.

    Example:
        >>> tree = ast.parse('df.query("x > @limit"); duckdb.sql("select * from sales")')
        >>> list(named_in_texts(tree, {"limit", "sales", "x"}))
        ['limit', 'sales']
    """
    for inner in ast.walk(node):
        if not isinstance(inner, ast.Call):
            continue
        called = dotted_name(inner.func).rpartition(".")[2] or getattr(inner.func, "attr", "")
        for text in _texts(inner):
            found: list[str] = []
            if called in _BY_AT:
                found += _AT.findall(text)
            if called in _SQL:
                found += _TABLE.findall(text)
            if called in _FORMULAS:
                found += _CALLED.findall(text)
            if isinstance(inner.func, ast.Name) and called == "eval":
                found += _WORD.findall(text)
            yield from (name for name in found if name in known)


def _texts(call: ast.Call) -> Iterator[str]:
    for argument in (*call.args, *(word.value for word in call.keywords)):
        for part in ast.walk(argument):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value


def with_names_given(
    node: ast.stmt, known: Collection[str], elsewhere: Collection[str] = ()
) -> str | None:
    """Return a statement whose queries are given the variables that they name; None if all are.

    pandas looks where it was called from: in the frame of that function, and then in the module. A
    notebook's variables are in its module. Those of a step are in its function, so that a lambda or
    a comprehension within it does not show them.

    Args:
        node: A statement at the top level of a cell.
        known: The notebook's variables.
        elsewhere: Those that will not be in a step's function, such as imports and constants.

    Example:
        >>> node = ast.parse("few = groups.apply(lambda g: g.query('x > @limit'))").body[0]
        >>> with_names_given(node, {"limit", "few"})
        "few = groups.apply(lambda g: g.query('x > @limit', local_dict={'limit': limit}))"
        >>> with_names_given(ast.parse("few = df.query('x > @limit')").body[0], {"limit"})
    """
    asked = (one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute))
    if _BY_AT.isdisjoint(asked):
        return None
    given = _Given(known, elsewhere)
    made = ast.parse(ast.unparse(node)).body[0]
    given.visit(made)
    return ast.unparse(made) if given.changed else None


class _Given(ast.NodeVisitor):
    """Adds `local_dict`; `_scopes` are the names of the functions around, outermost first."""

    def __init__(self, known: Collection[str], elsewhere: Collection[str]) -> None:
        self._known, self._elsewhere = known, elsewhere
        self._scopes: list[Collection[str]] = []
        self.changed = False

    def visit(self, node: ast.AST) -> None:
        """Visit any node."""
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                self._within(bound_in(node)[0], ast.iter_child_nodes(node))
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                parts = [part for each in node.generators for part in (each.iter, *each.ifs)]
                self.visit(parts.pop(0))  # it is evaluated outside
                values = (one for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr))
                self._within(_targets(node.generators), (*parts, *values))
            case _:
                self.generic_visit(node)
        if isinstance(node, ast.Call):
            self._give(node)

    def _within(self, names: Collection[str], nodes: Iterable[ast.AST]) -> None:
        self._scopes.append(names)
        for node in nodes:
            self.visit(node)
        self._scopes.pop()

    def _give(self, node: ast.Call) -> None:
        if names := self._missed(node):
            self.changed = True
            pairs = ast.Dict([ast.Constant(one) for one in names], [ast.Name(one) for one in names])
            node.keywords.append(ast.keyword("local_dict", pairs))

    def _missed(self, node: ast.Call) -> list[str]:
        """Return what a query names, if some of it would not be found, and all of it is certain."""
        if not isinstance(node.func, ast.Attribute) or node.func.attr not in _BY_AT:
            return []
        if any(word.arg in {None, "local_dict", "global_dict", "level"} for word in node.keywords):
            return []
        named = dict.fromkeys(name for text in _texts(node) for name in _AT.findall(text))
        inside = self._scopes[-1] if self._scopes else ()
        foreign = [name for name in named if name not in inside]
        # A variable of a function further out is not seen by the query, but would be by us.
        if any(name in scope for scope in self._scopes[:-1] for name in foreign):
            return []
        missed = self._known if self._scopes else self._elsewhere
        if not any(name in missed for name in foreign):
            return []
        return [name for name in named if name in inside or name in self._known]


def _targets(generators: Collection[ast.comprehension]) -> frozenset[str]:
    return frozenset(
        one.id for each in generators for one in ast.walk(each.target) if isinstance(one, ast.Name)
    )
