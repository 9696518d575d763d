"""What has no value that a digest could stand for, and what counts as nothing inside a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...builtin_names import BUILTINS
from ..parts import Kind, Note, Part, Refused, Value
from ..types import instance_dict

if TYPE_CHECKING:
    from collections.abc import Iterator

globals()["__builtins__"] = BUILTINS

_CONSUMED = "an iterator is consumed by reading"
_DRAWING = "a drawing"
_CONNECTION = "a connection"

REASONS = {
    "generator": "a generator is consumed by reading",
    "async_generator": "a generator is consumed by reading",
    "coroutine": "a coroutine runs once",
    "frame": "a running frame", "traceback": "a running frame",
    "zip": _CONSUMED, "map": _CONSUMED, "filter": _CONSUMED, "enumerate": _CONSUMED,
    "reversed": _CONSUMED, "list_iterator": _CONSUMED, "tuple_iterator": _CONSUMED,
    "callable_iterator": _CONSUMED, "iterator": _CONSUMED,
    "io.IOBase": "an open file", "_io._IOBase": "an open file", "io._IOBase": "an open file",
    "tempfile._TemporaryFileWrapper": "an open file",
    "tempfile.TemporaryDirectory": "a temporary folder",
    "socket.socket": "a socket", "_socket.socket": "a socket",
    "subprocess.Popen": "a running program", "threading.Thread": "a thread",
    "concurrent.futures.Executor": "a pool of workers",
    "concurrent.futures._base.Executor": "a pool of workers",
    "concurrent.futures.Future": "a result that is awaited",
    "concurrent.futures._base.Future": "a result that is awaited",
    "asyncio.Future": "a result that is awaited", "_asyncio.Future": "a result that is awaited",
    "sqlite3.Connection": _CONNECTION, "sqlite3.Cursor": _CONNECTION,
    "_duckdb.DuckDBPyConnection": _CONNECTION, "_duckdb.DuckDBPyRelation": "a query not run yet",
    "duckdb.DuckDBPyConnection": _CONNECTION, "duckdb.DuckDBPyRelation": "a query not run yet",
    "sqlalchemy.Engine": _CONNECTION, "sqlalchemy.engine.Engine": _CONNECTION,
    "sqlalchemy.engine.base.Engine": _CONNECTION, "sqlalchemy.Connection": _CONNECTION,
    "sqlalchemy.orm.Session": _CONNECTION, "requests.Session": _CONNECTION,
    "matplotlib.artist.Artist": _DRAWING, "matplotlib.container.Container": _DRAWING,
    "tqdm.std.tqdm": "a progress bar", "tqdm.tqdm": "a progress bar",
    "ipywidgets.Widget": "a widget", "ipywidgets.widgets.widget.Widget": "a widget",
}  # fmt: skip
"""Public names of base classes, and why their objects have no digest."""

LEFT_OUT = {
    "_thread.lock": "a lock", "_thread.RLock": "a lock", "threading.RLock": "a lock",
    "_thread._local": "what belongs to one thread", "weakref": "a weak reference",
    "weakref.ReferenceType": "a weak reference", "weakref.CallableProxyType": "a weak reference",
    "weakref.ProxyType": "a weak reference", "weakproxy": "a weak reference",
    "weakcallableproxy": "a weak reference", "weakref.WeakKeyDictionary": "weak references",
    "weakref.WeakValueDictionary": "weak references", "weakref.WeakSet": "weak references",
    "_weakrefset.WeakSet": "weak references", "PyCapsule": "a pointer",
    "_contextvars.ContextVar": "a context variable",
}  # fmt: skip
"""Types whose objects count by their type alone inside a value, and have no digest themselves."""


def refusal(reason: str) -> Kind:
    """The kind of a type whose objects have no digest."""

    def parts(_: Value) -> Iterator[Part]:
        raise Refused(reason)
        yield b""

    return parts


def left_out(what: str) -> Kind:
    """The kind of a type that counts by itself alone."""

    def parts(_: Value) -> Iterator[Part]:
        yield Note(what, whole=True)

    return parts


def by_name(value: Value) -> Iterator[Part]:
    """A logger: its name."""
    yield (instance_dict(value).get("name"),)
