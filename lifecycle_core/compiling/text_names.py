"""Variables that a library looks up by a text: `@limit` in a query, a frame's name in SQL."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.dataflow.effects import dotted_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

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
