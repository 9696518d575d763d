"""Databases of SQLite, whose library opens files by itself: by a path, a URI or ATTACH."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from .stand_ins import stand_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from .imports import Imports
    from .readers import Hearing

_ATTACH, _OK, _DENY = 24, 0, 1
"""SQLite's action and results: `sqlite3` is not loaded for them, and has no names for two."""


class SqliteDatabases:
    """Tells of a database that is opened: read if it is there, or else written."""

    def __init__(self, files: Hearing, imports: Imports) -> None:
        self._files = files
        imports.after("sqlite3", self._patch)

    def events(self) -> dict[str, Callable[..., OSError | None]]:
        """Return the audit events to hear, and by what."""
        return {"sqlite3.connect": self._connect}

    def _connect(self, database: object, *_rest: object) -> OSError | None:
        return self._open(database, "sqlite3.connect")

    def _patch(self, module: ModuleType) -> None:
        """Hear of what a connection attaches, unless the notebook has an authorizer of its own."""
        for home in (module, module.dbapi2):
            original = home.connect

            def connect(_home: object, *words: Any, _connect: Any = original, **flags: Any) -> Any:  # noqa: ANN401 - as the original
                connection = _connect(*words, **flags)
                # What a factory of the notebook's own makes may be anything.
                if authorize := getattr(connection, "set_authorizer", None):
                    authorize(self._allowed)
                return connection

            stand_in(home, "connect", connect)

    def _allowed(self, action: int, subject: object, *_rest: object) -> int:
        if action != _ATTACH or self._open(subject, "sqlite3.attach") is None:
            return _OK
        return _DENY

    def _open(self, database: object, what: str) -> OSError | None:
        if not isinstance(database, (str, bytes, os.PathLike)):
            return None
        path = _of_uri(os.fsdecode(database))
        if path in ("", ":memory:"):
            return None
        look = self._files.reading if os.path.exists(path) else self._files.writing
        return look(path, what)


def _of_uri(database: str) -> str:
    """Return the path of SQLite's `file:` URI, empty if it is in memory; or what is no such URI."""
    if not database.startswith("file:"):
        return database
    rest, _, query = database.removeprefix("file:").partition("#")[0].partition("?")
    if "mode=memory" in query.split("&"):
        return ""
    if rest.startswith("//"):
        rest = rest[2 + len(rest[2:].partition("/")[0]) :]
    return unquote(rest)
