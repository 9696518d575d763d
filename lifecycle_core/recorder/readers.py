"""Readers and writers of other languages, which open files behind Python's back.

Each entry was tried: without it, the file is opened and no audit event says so. What a library
opens through Python (pandas' CSV, numpy, Pillow, joblib) needs none.
"""

from __future__ import annotations

import functools
import glob
import os
import re
import sys
from sys import _getframe
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from .imports import Imports

_READ, _WRITE, _MODE, _SQL, _DATABASE = "read", "write", "mode", "sql", "database"
_CONNECTION = ("DuckDBPyConnection.", "")
_TABLE: dict[str, dict[str, str]] = {
    "pyarrow": {
        "memory_map": _MODE, "input_stream": _READ, "output_stream": _WRITE,
        "create_memory_map": _WRITE,
        "OSFile": _MODE,
    },
    "pyarrow.csv": {"read_csv": _READ, "open_csv": _READ, "write_csv": "write second"},
    "pyarrow.json": {"read_json": _READ, "open_json": _READ},
    "pyarrow.feather": {
        "read_table": _READ, "read_feather": _READ, "write_feather": "write second",
    },
    "pyarrow.orc": {"ORCFile.__init__": _READ, "read_table": _READ, "ORCWriter.__init__": _WRITE},
    "pyarrow.dataset": {"dataset": _READ, "write_dataset": "write second"},
    "pyarrow.parquet.core": {
        "ParquetFile.__init__": _READ, "ParquetDataset.__init__": _READ, "read_table": _READ,
        "ParquetWriter.__init__": _WRITE, "write_to_dataset": "write second",
    },
    "duckdb": {
        "connect": _DATABASE,
        **{
            owner + name: way
            for owner in _CONNECTION
            for way, names in {
                _SQL: ("sql", "query", "execute", "executemany", "from_query"),
                _READ: (
                    "read_csv", "read_parquet", "read_json", "from_csv_auto", "from_parquet",
                ),
            }.items()
            for name in names
        },
        **{
            f"DuckDBPyRelation.{name}": _WRITE
            for name in ("write_csv", "to_csv", "write_parquet", "to_parquet")
        },
    },
    "polars": {
        **{
            f"{way}_{name}": _READ
            for way in ("read", "scan")
            for name in ("csv", "parquet", "ipc", "ipc_stream", "json", "ndjson", "avro", "excel")
        },
        **{
            f"{owner}_{name}": _WRITE
            for owner in ("DataFrame.write", "LazyFrame.sink")
            for name in ("csv", "parquet", "ipc", "ipc_stream", "json", "ndjson", "avro")
        },
    },
    "h5py._hl.files": {"File.__init__": _MODE},
    "tables.file": {"File.__init__": _MODE},
}  # fmt: skip
_LITERAL = re.compile(
    r"(?:(?P<to>\b(?:to|export\s+database)\s*)"
    r"|(?P<attach>\battach\s+(?:or\s+replace\s+)?(?:database\s+)?(?:if\s+not\s+exists\s+)?))?"
    r"(?P<quote>['\"])(?P<path>(?:(?!(?P=quote)).)+)(?P=quote)",
    re.IGNORECASE | re.DOTALL,
)
_CALL = compile("_nbrelease_call()", "<nbrelease>", "eval")
_MOST_FILES = 1_000
_MOST_SQL = 1_000_000


class Hearing(Protocol):
    """Is told before a file is read or written, and may say why it must not be."""

    def reading(self, path: object, what: str, /) -> OSError | None:
        """Hear that a file is about to be read."""

    def writing(self, path: object, what: str, /) -> OSError | None:
        """Hear that a file is about to be written."""


class Readers:
    """Wraps the functions of the table once their module is loaded."""

    def __init__(self, files: Hearing, imports: Imports) -> None:
        self._files = files
        for module, entries in _TABLE.items():
            imports.after(module, functools.partial(self._wrap_all, entries))

    def _wrap_all(self, entries: dict[str, str], module: ModuleType) -> None:
        for name, way in entries.items():
            owner: Any = module
            *above, last = name.split(".")
            for part in above:
                owner = getattr(owner, part, None)
            original = getattr(owner, last, None)
            if original is not None:
                what = f"{module.__name__.partition('.')[0]}.{name.removesuffix('.__init__')}"
                self._replace(owner, last, original, self._wrapper(original, what, way, len(above)))

    @staticmethod
    def _replace(owner: Any, name: str, original: Any, wrapper: Any) -> None:  # noqa: ANN401 - any function
        home = sys.modules.get(getattr(original, "__module__", None) or "")
        for place in (owner, home):
            # Where it is defined too: pickle looks for it there.
            if place is not None and getattr(place, name, None) is original:
                try:
                    setattr(place, name, wrapper)
                except (AttributeError, TypeError):
                    continue  # a type of C that does not change: not observed

    def _wrapper(self, original: Any, what: str, way: str, skipped: int) -> Any:  # noqa: ANN401 - any function
        position = skipped + (1 if way.endswith("second") else 0)
        look = {
            _READ: self._reads,
            _MODE: self._by_mode,
            _SQL: self._sql,
            _DATABASE: self._database,
        }.get(way, self._writes)

        if isinstance(original, type):
            return _subclass(original, what, look)

        @functools.wraps(original)
        def wrapper(*words: Any, **flags: Any) -> Any:  # noqa: ANN401 - as the original
            rest = words[position + 1 :]
            subject = words[position] if len(words) > position else next(iter(flags.values()), None)
            mode = rest[0] if rest and isinstance(rest[0], str) else flags.get("mode", "r")
            look(subject, what, mode)
            if way == _SQL:
                return _called_from(_getframe(1), functools.partial(original, *words, **flags))
            return original(*words, **flags)

        return wrapper

    def _reads(self, subject: object, what: str, _mode: object) -> None:
        for path in _paths(subject):
            _unless(self._files.reading(path, what))

    def _writes(self, subject: object, what: str, _mode: object) -> None:
        for path in _paths(subject, must_exist=False):
            _unless(self._files.writing(path, what))

    def _by_mode(self, subject: object, what: str, mode: object) -> None:
        if not isinstance(mode, str) or mode.startswith("r"):
            self._reads(subject, what, mode)
        if isinstance(mode, str) and mode != "r":
            self._writes(subject, what, mode)

    def _database(self, subject: object, what: str, _mode: object) -> None:
        if isinstance(subject, (str, os.PathLike)) and not str(subject).startswith((":", "md:")):
            look = self._reads if os.path.exists(subject) else self._writes
            look(subject, what, "r")

    def _sql(self, subject: object, what: str, _mode: object) -> None:
        if not isinstance(subject, str) or len(subject) > _MOST_SQL:
            return
        for found in _LITERAL.finditer(subject):
            if found["to"]:
                self._writes(found["path"], what, "w")
            elif found["attach"]:
                self._database(found["path"], f"{what.partition('.')[0]}.attach", "r")
            else:
                for path in _paths(found["path"]):
                    if os.path.isfile(path):
                        _unless(self._files.reading(path, what))


def _subclass(original: Any, what: str, look: Callable[[object, str, object], None]) -> Any:  # noqa: ANN401 - any class
    """Return a class that looks at what it is made of, and else is the original."""

    def new(cls: Any, path: object, mode: object = "r", **flags: Any) -> Any:  # noqa: ANN401 - as above
        look(path, what, mode)
        return original.__new__(cls, path, mode, **flags)

    names = {"__new__": new, "__module__": original.__module__, "__doc__": original.__doc__}
    return type(original.__name__, (original,), names)


def _called_from(frame: Any, call: Callable[[], Any]) -> Any:  # noqa: ANN401 - a frame
    """Make a call in which the caller's variables are those of the innermost frame.

    duckdb looks there for the tables that a query names.
    """
    return eval(_CALL, frame.f_globals, {**frame.f_locals, "_nbrelease_call": call})  # noqa: S307 - our own code


def _unless(refusal: OSError | None) -> None:
    if refusal is not None:
        raise refusal


def _paths(subject: object, *, must_exist: bool = True) -> Iterator[str]:
    """Yield the files that a reader is given: a path, several, a folder, or a pattern."""
    if isinstance(subject, (list, tuple)):
        for item in subject[:_MOST_FILES]:
            yield from _paths(item, must_exist=must_exist)
        return
    if not isinstance(subject, (str, os.PathLike)):
        return
    path = os.fsdecode(subject)
    path = path.removeprefix("file://")
    if not path or "\0" in path or "\n" in path or "://" in path:
        return
    if not must_exist or os.path.isfile(path):
        yield path
    elif os.path.isdir(path):
        yield from _files_below(path)
    elif glob.has_magic(path):
        for number, name in enumerate(glob.iglob(path, recursive=True)):
            if number == _MOST_FILES:
                return
            yield name


def _files_below(folder: str) -> Iterator[str]:
    number = 0
    for above, _, names in os.walk(folder):
        for name in sorted(names):
            number += 1
            if number > _MOST_FILES:
                return
            yield os.path.join(above, name)
