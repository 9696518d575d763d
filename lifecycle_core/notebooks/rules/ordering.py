"""Whether the order of what is iterated can reach a result; what the order rules share."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lifecycle_core.notebooks.calls import Call
    from lifecycle_core.notebooks.rules.view import View

_ORDER_FREE = frozenset({"sorted", "len", "sum", "min", "max", "any", "all", "set", "frozenset",
    "Counter", "sort", "isdisjoint", "issubset", "issuperset", "union", "intersection",
    "difference", "isin", "unique", "nunique", "natsorted", "sort_values", "sort_index", "update",
    "discard", "fsum", "drop", "assertCountEqual", "dict_keys", "count"})  # fmt: skip


def consumed_without_order(stack: tuple[ast.AST, ...]) -> bool:
    """Tell whether what stands around an expression forgets the order of its items.

    Args:
        stack: The nodes around it, outermost first.
    """
    for node in reversed(stack):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in _ORDER_FREE:
                return True
            case ast.SetComp() | ast.Set() | ast.Compare():
                return True
            case ast.stmt():
                return False
            case _:
                continue
    return False


def sorted_later(call: Call, view: View) -> bool:
    """Tell whether the variable that gets the value is sorted somewhere."""
    statement = call.stack[-1] if call.stack else None
    for node in reversed(call.stack):
        if isinstance(node, ast.stmt):
            statement = node
            break
    if not (isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)):
        return False
    name = statement.targets[0].id
    return any(
        (other.method == "sort" and _named(other.node.func, name))
        or (
            other.name in {"sorted", "len", "set", "numpy.sort"}
            and any(isinstance(one, ast.Name) and one.id == name for one in other.node.args)
        )
        for other in view.calls
        if other.cell >= call.cell
    )


def is_number(node: ast.AST, view: View) -> bool:
    """Tell whether a value is surely a number or holds numbers only; its hash is then the same."""
    match view.value(node) if isinstance(node, ast.Name) else node:
        case ast.Constant(value=int() | float() | complex()):
            return True
        case ast.Tuple(elts=parts):
            return all(is_number(one, view) for one in parts)
        case ast.UnaryOp(operand=inner):
            return is_number(inner, view)
        case ast.BinOp(left=left, right=right):
            return is_number(left, view) and is_number(right, view)
        case ast.Call(func=ast.Name(id="int" | "float" | "len" | "ord")):
            return True
        case _:
            return False


def _named(function: ast.expr, name: str) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id == name
    )
