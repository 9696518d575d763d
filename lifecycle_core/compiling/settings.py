"""Statements that set something for a whole process: options of libraries, warnings, paths."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.dataflow.effects import dotted_name
from lifecycle_core.notebooks.dataflow.flow import RANDOM

if TYPE_CHECKING:
    from lifecycle_core.compiling.pieces import Piece

_CALLS = frozenset({
    "basicConfig", "disable_max_rows", "enable", "filterwarnings", "insert", "load_dotenv", "rc",
    "register_matplotlib_converters", "seterr", "set", "set_config", "set_context",
    "set_default_dtype", "set_float_precision", "set_matplotlib_formats", "set_num_threads",
    "set_option", "set_palette", "set_printoptions", "set_style", "set_theme", "set_verbosity",
    "setdefault", "setlocale", "setrecursionlimit", "simplefilter", "use",
})  # fmt: skip
_PATHS = frozenset({"sys.path.append", "sys.path.insert", "os.environ.update"})
_MOVES = frozenset({"os.chdir"})
_OPTIONS = frozenset({"config", "defaults", "display", "environ", "options", "rcParams", "theme"})
_PURE_DECORATORS = frozenset({
    "abstractmethod", "asynccontextmanager", "cache", "cached_property", "classmethod",
    "contextmanager", "dataclass", "define", "final", "frozen", "jit", "lru_cache", "njit",
    "overload", "override", "property", "runtime_checkable", "singledispatch", "staticmethod",
    "total_ordering", "vectorize", "wraps",
})  # fmt: skip


def is_setting(piece: Piece, *, among: bool) -> bool:
    """Tell whether a statement sets something for all that comes after, and nothing else.

    Args:
        piece: The statement.
        among: It stands among imports and other settings only, where any call of a library whose
            result is thrown away is one.
    """
    if RANDOM in piece.flow.may_mutate or piece.binds:
        return False
    match piece.node:
        case ast.Expr(value=ast.Call(func=function, args=args, keywords=words)):
            if not all(_is_known(one) for one in (*args, *(word.value for word in words))):
                return False
            dotted = dotted_name(function)
            if "random" in dotted or not dotted or dotted in _MOVES:
                return False
            last = dotted.rpartition(".")[2]
            return among or dotted in _PATHS or ("." in dotted and last in _CALLS)
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript() as target], value=value):
            return _is_known(value) and _is_of_library(target)
        case _:
            return False


def is_registration(piece: Piece) -> bool:
    """Tell whether defining something also announces it to a library, by a decorator."""
    match piece.node:
        case ast.FunctionDef(decorator_list=decorators) | ast.ClassDef(decorator_list=decorators):
            return any(_announces(one) for one in decorators)
        case _:
            return False


def _announces(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    dotted = dotted_name(called)
    return "." in dotted and dotted.rpartition(".")[2] not in _PURE_DECORATORS


def _is_known(value: ast.expr) -> bool:
    """Tell whether a value is written out, or is taken from a module by its name."""
    match value:
        case ast.Constant():
            return True
        case ast.Name() | ast.Attribute():
            return bool(dotted_name(value))
        case ast.UnaryOp(operand=inner):
            return _is_known(inner)
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            return all(map(_is_known, parts))
        case ast.Dict(keys=keys, values=values):
            return all(one is not None and _is_known(one) for one in keys) and all(
                map(_is_known, values)
            )
        case ast.Call(func=function, args=args, keywords=words):
            return bool(dotted_name(function)) and all(
                _is_known(one) for one in (*args, *(word.value for word in words))
            )
        case _:
            return False


def _is_of_library(target: ast.Attribute | ast.Subscript) -> bool:
    """Tell whether it is such as `pd.options.display.width` or `plt.rcParams["font.size"]`."""
    inner = target.value if isinstance(target, ast.Subscript) else target
    return not _OPTIONS.isdisjoint(dotted_name(inner).split("."))
