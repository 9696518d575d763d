"""What means one thing in a notebook and another in a module: `__name__`, `display`, builtins."""

from __future__ import annotations

import ast

from lifecycle_core.notebooks.dataflow.knowledge import BUILTINS


def as_main(node: ast.stmt) -> str | None:
    """Return a statement in which `__name__` is what it is in a notebook; None if it names it not.

    Example:
        >>> as_main(ast.parse("if __name__ == '__main__': main()").body[0])
        'main()'
        >>> as_main(ast.parse("log = getLogger(__name__)").body[0])
        "log = getLogger('__main__')"
    """
    match node:
        case ast.If(
            test=ast.Compare(
                left=ast.Name(id="__name__"), ops=[ast.Eq()],
                comparators=[ast.Constant(value="__main__")],
            ),
            body=body, orelse=[],
        ):  # fmt: skip
            return "\n".join(ast.unparse(one) for one in body)
        case _:
            pass
    named = any(isinstance(one, ast.Name) and one.id == "__name__" for one in ast.walk(node))
    if not named:
        return None
    return ast.unparse(_Main().visit(ast.parse(ast.unparse(node))))


class _Main(ast.NodeTransformer):
    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Constant("__main__") if node.id == "__name__" else node


def with_print(node: ast.stmt) -> str | None:
    r"""Return a statement that prints what a notebook displays; None if it displays nothing.

    Example:
        >>> with_print(ast.parse("for row in rows: display(row)").body[0])
        'for row in rows:\n    print(row)'
    """
    if not any(isinstance(one, ast.Name) and one.id == "display" for one in ast.walk(node)):
        return None
    return ast.unparse(_Print().visit(ast.parse(ast.unparse(node))))


class _Print(ast.NodeTransformer):
    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Name("print") if node.id == "display" else node


def with_builtins_back(node: ast.stmt) -> str | None:
    """Return what takes a builtin's name back where a notebook deletes the variable over it.

    Example:
        >>> print(with_builtins_back(ast.parse("del max").body[0]))
        import builtins
        max = builtins.max
    """
    match node:
        case ast.Delete(targets=targets):
            names = [one.id for one in targets if isinstance(one, ast.Name) and one.id in BUILTINS]
        case _:
            return None
    if not names:
        return None
    left = [ast.unparse(one) for one in targets if ast.unparse(one) not in names]
    lines = [f"del {', '.join(left)}"] if left else []
    return "\n".join(["import builtins", *lines, *(f"{name} = builtins.{name}" for name in names)])
