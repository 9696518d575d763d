"""Statements that set something for a whole process: options of libraries, warnings, paths."""

from __future__ import annotations

import ast
from collections import defaultdict
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.dataflow.effects import dotted_name
from lifecycle_core.notebooks.dataflow.flow import RANDOM

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from lifecycle_core.compiling.pieces import Piece

_CALLS = frozenset({
    "basicConfig", "disable_max_rows", "enable", "filterwarnings", "insert", "ioff", "ion",
    "load_dotenv", "rc",
    "register_matplotlib_converters", "seterr", "set", "set_config", "set_context",
    "set_default_dtype", "set_float_precision", "set_matplotlib_formats", "set_num_threads",
    "set_option", "set_palette", "set_printoptions", "set_style", "set_theme", "set_verbosity",
    "setdefault", "setlocale", "setrecursionlimit", "simplefilter", "switch_backend",
    "threadpool_limits", "use",
})  # fmt: skip
_OF_MANY = frozenset({"enable", "insert", "rc", "set", "setdefault", "use"})
"""Names that say nothing without the library before them."""
_ACTING = frozenset({
    "IPython", "bokeh", "matplotlib", "os", "pathlib", "plotly", "seaborn", "shutil", "subprocess",
    "time",
})  # fmt: skip
"""Libraries whose functions do something where they stand, if they are no settings by name."""
_EXTENDING = frozenset({"janitor", "swifter"})
"""Libraries that are imported for what they add to others."""
_PATHS = frozenset({"sys.path.append", "sys.path.insert", "os.environ.update"})
_MOVES = frozenset({"os.chdir"})
_OPTIONS = frozenset({"config", "defaults", "display", "environ", "options", "rcParams", "theme"})
_PURE_DECORATORS = frozenset({
    "abstractmethod", "asynccontextmanager", "cache", "cached_property", "classmethod",
    "contextmanager", "dataclass", "define", "final", "frozen", "jit", "lru_cache", "njit",
    "overload", "override", "property", "runtime_checkable", "singledispatch", "staticmethod",
    "total_ordering", "vectorize", "wraps",
})  # fmt: skip


def is_setting(piece: Piece, *, among: bool, imported: Collection[str] = ()) -> bool:
    """Tell whether a statement sets something for all that comes after, and nothing else.

    Args:
        piece: The statement.
        among: It stands among imports and other settings only, where any call of a library whose
            result is thrown away is one.
        imported: Names that the notebook imports; by itself, only such a name may be a setting's.
    """
    draws = RANDOM in piece.flow.may_mutate
    if piece.binds:
        return False
    match piece.node:
        case ast.Expr(value=ast.Call(func=function, args=args, keywords=words)):
            if not all(_is_known(one) for one in (*args, *(word.value for word in words))):
                return False
            dotted = dotted_name(function)
            if draws and dotted.rpartition(".")[2] not in _CALLS - _OF_MANY:
                return False  # what is not known by name may draw
            return _sets(dotted, among=among, imported=imported)
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript() as target], value=value):
            return not draws and _is_known(value) and _is_of_library(target)
        case _:
            return False


def _sets(dotted: str, *, among: bool, imported: Collection[str]) -> bool:
    """Tell whether a call by this name sets something."""
    if "random" in dotted or not dotted or dotted in _MOVES:
        return False
    last = dotted.rpartition(".")[2]
    if dotted == last:
        return among or (last in _CALLS - _OF_MANY and last in imported)
    return among or dotted in _PATHS or last in _CALLS


def acts(modules: Collection[str]) -> bool:
    """Tell whether functions of one of these modules do something where they are called."""
    return any(module.partition(".")[0] in _ACTING for module in modules)


def may_extend_by_import(piece: Piece) -> bool:
    """Tell whether a statement may be an import for what the module does when it is imported.

    So are `from sklearn.experimental import enable_...` and `import hvplot.pandas`, if nothing uses
    the name.
    """
    match piece.node:
        case ast.ImportFrom(module=str() as module):
            return "experimental" in module.split(".")
        case ast.Import(names=names):
            return any(
                one.asname is None and ("." in one.name or one.name in _EXTENDING) for one in names
            )
        case _:
            return False


def must_come_first(piece: Piece) -> bool:
    """Tell whether a setting must hold before libraries are loaded: paths, and the environment."""
    return any(
        dotted_name(node).startswith(("os.environ", "sys.path"))
        for node in ast.walk(piece.node)
        if isinstance(node, ast.Attribute)
    )


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
    parts: list[ast.expr | None]
    match value:
        case ast.Constant():
            return True
        case ast.Name() | ast.Attribute():
            return bool(dotted_name(value))
        case ast.UnaryOp(operand=inner):
            parts = [inner]
        case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
            parts = [*elements]
        case ast.Dict(keys=keys, values=values):
            parts = [*keys, *values]
        case ast.Call(func=function, args=args, keywords=words):
            parts = [function, *args, *(word.value for word in words)]
        case _:
            return False
    return all(part is not None and _is_known(part) for part in parts)


def _is_of_library(target: ast.Attribute | ast.Subscript) -> bool:
    """Tell whether it is such as `pd.options.display.width` or `plt.rcParams["font.size"]`."""
    inner = target.value if isinstance(target, ast.Subscript) else target
    return not _OPTIONS.isdisjoint(dotted_name(inner).split("."))


def set_again(pieces: Iterable[Piece]) -> list[int]:
    """Return the settings that the notebook changes later: until then something else holds."""
    by_target: dict[str, list[Piece]] = defaultdict(list)
    for piece in pieces:
        match piece.node:
            case ast.Assign(targets=[ast.Attribute() | ast.Subscript() as target]):
                by_target[ast.unparse(target)].append(piece)
            case ast.Delete(targets=targets):
                for each in targets:
                    by_target[ast.unparse(each)].append(piece)
            case _:
                continue
    return [
        piece.number
        for found in by_target.values()
        if len({ast.unparse(piece.node) for piece in found}) > 1
        for piece in found
    ]
