"""A real PostgreSQL server of its own, where Debian's package is installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def programs() -> Path | None:
    """Return the folder of the server's programs; None where it is not installed."""
    return _PLACES[-1] if _PLACES and (_PLACES[-1] / "initdb").is_file() else None


@contextmanager
def serving(bins: Path) -> Iterator[str]:
    """Yield the address of a server that ends, and forgets all, with the block."""
    # It refuses to run as root, and must be able to enter its folder.
    user = "postgres" if os.getuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="nbrelease-postgres-"))
    try:
        if user:
            shutil.chown(folder, user)
        data = folder / "data"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        cluster = ["-D", str(data)]
        words = ["-U", "me", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"]
        _run([str(bins / "initdb"), *cluster, *words], folder, user)
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        control = [str(bins / "pg_ctl"), *cluster]
        _run([*control, "-o", options, "-l", str(folder / "log"), "-w", "start"], folder, user)
        try:
            yield f"postgresql+pg8000://me@127.0.0.1:{port}/postgres"
        finally:
            _run([*control, "-m", "immediate", "stop"], folder, user)
    finally:
        shutil.rmtree(folder)


def _run(words: list[str], folder: Path, user: str | None) -> None:
    subprocess.run(words, check=True, capture_output=True, user=user, cwd=folder, timeout=60)
