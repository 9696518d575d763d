"""The first creation of a registry in a SQLite file: whole or not at all, by one of many.

MLflow builds its 65 tables in seconds and not in one transaction. A file that it was killed on, or
that two processes built at once, would be half a registry for good; so it is built elsewhere and
put in place by a link, which fails if somebody else was first.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from lifecycle_core.adapters.files import place_first, writing
from lifecycle_core.adapters.registry.session import unguarded


def create_file(path: Path) -> None:
    """Make a new registry at `path` unless there is a file already.

    Raises:
        TargetUnwritable: The folder cannot be written.
    """
    with writing(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            return
        folder = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        built, whole = folder / "built.db", folder / "whole.db"
        with unguarded(f"sqlite:///{built}") as client:
            client.search_registered_models(max_results=1)
        # MLflow keeps `built` open; a copy has one name and no open handles.
        with closing(sqlite3.connect(built)) as database:
            database.execute("VACUUM INTO ?", (str(whole),))
        with writing(path):
            place_first(whole, path)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
