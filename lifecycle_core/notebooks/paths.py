"""The literal paths of a notebook: text that is handed to something that opens, reads or writes.

A text counts only where it is used as a path, so that prose, routes and regular expressions do
not. It is followed through variables, `os.path.join`, `Path(...)`, `/`, `+` and f-strings to the
literal that begins it.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lifecycle_core.notebooks.calls import Call

    Values = Callable[[str], list[tuple[int, ast.expr]]]

_DEEPEST = 8  # names that are made of names; a cycle ends here
_READS = re.compile(
    r"(?:pandas|polars|geopandas|dask\.dataframe|modin\.pandas|cudf)\."
    r"(?:read_(?!sql|clipboard|gbq|database|html|delta)\w+|scan_\w+)"
    r"|numpy\.(?:load|loadtxt|genfromtxt|fromfile|memmap)|joblib\.load|PIL\.Image\.open|cv2\.imread"
    r"|matplotlib\.(?:pyplot|image)\.imread|torch\.load|os\.(?:listdir|scandir|stat|walk)"
    r"|os\.path\.get\w+|h5py\.File|xarray\.(?:open|load)_\w+|pyarrow\.\w+\.read_\w+|nbformat\.read"
    r"|(?:zipfile\.ZipFile|tarfile\.open)|(?:tensorflow\.)?keras\.models\.load_model"
    r"|(?:imageio|skimage\.io|soundfile|librosa|scipy\.io|scipy\.io\.wavfile|torchaudio)"
    r"\.(?:v2\.|v3\.)?(?:im)?(?:read|load|loadmat|imread)"
)
_WRITES = re.compile(
    r"numpy\.(?:save|savez|savez_compressed|savetxt)|matplotlib\.pyplot\.(?:savefig|imsave)"
    r"|cv2\.imwrite|os\.(?:remove|unlink)"
)
_TAKES = re.compile(
    r"pathlib\.(?:Pure)?(?:Posix|Windows)?Path|os\.path\.\w+|os\.(?:chdir|makedirs|mkdir)"
    r"|glob\.i?glob|shutil\.\w+|sqlite3\.connect|sys\.path\.(?:append|insert)|duckdb\.connect"
    r"|(?:tensorflow\.)?keras\.\w+\.\w+_from_directory|torchvision\.datasets\.ImageFolder"
    r"|importlib\.util\.spec_from_file_location|runpy\.run_path|logging\.FileHandler"
)
_WRITING_METHODS = frozenset({
    "to_csv", "to_parquet", "to_pickle", "to_excel", "to_json", "to_feather", "to_hdf", "to_html",
    "to_markdown", "to_latex", "to_stata", "to_file", "to_netcdf", "to_zarr", "savefig", "save",
    "save_weights", "save_model", "save_pretrained", "write_csv", "write_parquet", "write_image",
    "write_html", "tofile", "write_json", "write_ipc",
})  # fmt: skip
_PATH_READS = frozenset({"read_text", "read_bytes", "iterdir", "stat"})
_PATH_WRITES = frozenset({"write_text", "write_bytes", "unlink", "touch"})
_PATH_WORDS = (
    "filepath_or_buffer", "path", "fname", "path_or_buf", "io", "file", "filename", "filepath",
    "fp",
    "source", "path_or_buffer", "excel_writer", "directory", "root", "data_dir",
)  # fmt: skip
_POSITIONS = {
    "sys.path.insert": ((1, False),),
    "joblib.dump": ((1, True),),
    "torch.save": ((1, True),),
    "os.rename": ((0, False), (1, True)),
    "os.replace": ((0, False), (1, True)),
}
"""Where the paths stand that are not the first argument, and whether they are written."""
_PATH = frozenset({"pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath"})


@dataclass(frozen=True, slots=True, eq=False)
class PathUse:
    """A literal that is used as a path.

    Attributes:
        call: What it is handed to.
        cell: Index of the cell in which the literal stands.
        node: The literal.
        text: Its text; of an f-string or a join what it begins with.
        whole: The text is all of the path.
        reads: The call reads the file and fails if it is not there.
        writes: The call writes the file.
    """

    call: Call
    cell: int
    node: ast.Constant
    text: str
    whole: bool
    reads: bool
    writes: bool


def path_uses(calls: Iterable[Call], values: Values) -> Iterator[PathUse]:
    """Yield the literal paths, in the order of the calls that take them."""
    for call in calls:
        for argument, reads, writes in _arguments(call):
            for cell, node, whole in _literals(argument, call.cell, values, 0):
                if isinstance(node.value, str) and "\n" not in node.value:
                    yield PathUse(call, cell, node, node.value, whole, reads, writes)


def _arguments(call: Call) -> Iterator[tuple[ast.expr, bool, bool]]:
    """Yield what a call takes as a path, and whether it reads and writes it."""
    name = call.name
    if name in {"open", "io.open"}:
        yield from _opened(call)
    elif name in _POSITIONS:
        for position, writes in _POSITIONS[name]:
            yield from ((one, False, writes) for one in call.node.args[position : position + 1])
    elif name.startswith("shutil."):
        yield from ((one, False, bool(at)) for at, one in enumerate(call.node.args[:2]))
    elif name:
        archive = name.startswith(("zipfile", "tarfile", "h5py"))  # may be opened to write
        reads, writes = bool(_READS.fullmatch(name)), bool(_WRITES.fullmatch(name))
        if reads or writes or _TAKES.fullmatch(name):
            yield from _first(call, reads=reads and not archive, writes=writes)
    elif isinstance(call.node.func, ast.Attribute):
        yield from _of_method(call, call.node.func.value)


def _opened(call: Call) -> Iterator[tuple[ast.expr, bool, bool]]:
    mode = call.argument(1, "mode")
    modes = mode.value if isinstance(mode, ast.Constant) and isinstance(mode.value, str) else ""
    writes = any(sign in modes for sign in "wax+")
    if argument := call.argument(0, "file"):
        yield argument, not writes and (mode is None or bool(modes)), writes


def _of_method(call: Call, receiver: ast.expr) -> Iterator[tuple[ast.expr, bool, bool]]:
    method = call.method
    if method in _WRITING_METHODS:
        yield from _first(call, reads=False, writes=True)
    elif call.made_by in _PATH and method in _PATH_READS | _PATH_WRITES:
        yield receiver, method in _PATH_READS, method in _PATH_WRITES
    elif method == "joinpath":
        yield receiver, False, False


def _first(call: Call, *, reads: bool, writes: bool) -> Iterator[tuple[ast.expr, bool, bool]]:
    if argument := call.argument(0, *_PATH_WORDS):
        yield argument, reads, writes


def _literals(
    node: ast.expr, cell: int, values: Values, depth: int
) -> Iterator[tuple[int, ast.Constant, bool]]:
    """Yield the literals that the path may begin with, and whether they are all of it."""
    if isinstance(node, ast.Constant):
        yield cell, node, True
    elif depth > _DEEPEST:
        return
    elif isinstance(node, ast.Name):
        given = values(node.id)
        for where, value in given:
            for at, literal, whole in _literals(value, where, values, depth + 1):
                yield at, literal, whole and len(given) == 1
    else:
        first, is_whole = _beginning(node)
        if first is not None:
            for at, literal, whole in _literals(first, cell, values, depth + 1):
                yield at, literal, whole and is_whole


def _beginning(node: ast.expr) -> tuple[ast.expr | None, bool]:
    """Return the part of an expression that the path begins with, and whether it is all of it."""
    match node:
        case ast.JoinedStr(values=[first, *rest]):
            return (first.value if isinstance(first, ast.FormattedValue) else first), not rest
        case ast.BinOp(left=left, op=ast.Add() | ast.Div() | ast.Mod()):
            return left, False
        case ast.Call(func=ast.Attribute(attr="join" | "joinpath"), args=[first, *_]):
            return first, False
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[first, *rest]) if (
            name in {"Path", "PurePath", "str", "expanduser"}
        ):
            return first, not rest
        case ast.Call(func=ast.Attribute(value=inner, attr="resolve" | "absolute" | "format")):
            return inner, False
        case _:
            return None, False
