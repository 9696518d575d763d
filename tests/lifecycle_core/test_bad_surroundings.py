"""What the main job says when the world around it does not play along."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.command_line import nbrelease
from tests.notebook_files import write_small_release
from tests.surroundings import heed_permissions, write_at_most

if TYPE_CHECKING:
    from collections.abc import Iterator


def left_behind(folder: Path) -> list[str]:
    """Return everything in a folder but the notebook."""
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.name != "nb.ipynb")


def test_a_target_that_is_read_only(tmp_path: Path) -> None:
    write_small_release(tmp_path / "nb.ipynb")
    tmp_path.chmod(0o555)
    ended = nbrelease("run", "nb.ipynb", cwd=tmp_path, before=heed_permissions)
    tmp_path.chmod(0o755)
    assert ended.code == 3, ended.messages
    assert f"{tmp_path}/.nbrelease cannot be written: {tmp_path} is read-only" in ended.messages
    assert "Hint: Name another place with NBRELEASE_HOME" in ended.messages
    assert left_behind(tmp_path) == []


def test_a_target_that_is_a_file(tmp_path: Path) -> None:
    write_small_release(tmp_path / "nb.ipynb")
    (tmp_path / ".nbrelease").write_text("a file")
    ended = nbrelease("run", "nb.ipynb", cwd=tmp_path)
    assert ended.code == 3, ended.messages
    assert "is a file, not a folder" in ended.messages


def test_a_disk_that_is_full(tmp_path: Path) -> None:
    write_small_release(tmp_path / "nb.ipynb")
    (tmp_path / "data.csv").write_text("x\n" * 50_000)
    ended = nbrelease("run", "nb.ipynb", cwd=tmp_path, before=partial(write_at_most, 50_000))
    assert ended.code == 3, ended.messages
    assert "cannot be written: the file-size limit is reached" in ended.messages
    assert left_behind(tmp_path) == ["data.csv"]


def test_a_disk_that_fills_up_at_the_end(tmp_path: Path) -> None:
    # The notebook runs, but the registry's first file (over 500 kB) cannot be written.
    write_small_release(tmp_path / "nb.ipynb")
    ended = nbrelease("run", "nb.ipynb", cwd=tmp_path, before=partial(write_at_most, 300_000))
    assert ended.code == 3, ended.messages
    assert "built.db cannot be written: the disk is full" in ended.messages
    assert not list(tmp_path.glob(".nbrelease/registry.db*"))


@contextmanager
def silent_server() -> Iterator[str]:
    """Yield the address of a server that accepts and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield f"http://user:secret@127.0.0.1:{server.getsockname()[1]}"


def test_a_registry_that_does_not_answer(tmp_path: Path) -> None:
    write_small_release(tmp_path / "nb.ipynb")
    with silent_server() as address:
        ended = nbrelease("run", "nb.ipynb", cwd=tmp_path, NBRELEASE_REGISTRY=address)
    assert ended.code == 3, ended.messages
    assert "does not answer" in ended.messages
    assert "secret" not in ended.messages
    assert left_behind(tmp_path) == []


def test_a_registry_that_is_not_there(tmp_path: Path) -> None:
    write_small_release(tmp_path / "nb.ipynb")
    address = "http://127.0.0.1:9"
    ended = nbrelease("run", "nb.ipynb", cwd=tmp_path, NBRELEASE_REGISTRY=address)
    assert ended.code == 3, ended.messages
    assert "The registry http://127.0.0.1:9 does not answer" in ended.messages
    assert left_behind(tmp_path) == []


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_nothing(tmp_path: Path, sign: signal.Signals) -> None:
    mark = tmp_path / "told" / "kernel"  # outside the project, of which a run sees only its copy
    mark.parent.mkdir()
    project = tmp_path / "project"
    project.mkdir()
    write_small_release(
        project / "nb.ipynb",
        f"import os, time, pathlib\npathlib.Path({str(mark)!r}).write_text(str(os.getpid()))\n"
        "time.sleep(600)",
    )
    scratch = Path(tempfile.mkdtemp(prefix="scratch-"))
    process = subprocess.Popen(
        [sys.executable, "-m", "lifecycle_core.cli", "run", "nb.ipynb"],
        cwd=project,
        env={**os.environ, "NBRELEASE_HOME": str(tmp_path / "home"), "TMPDIR": str(scratch)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        for _ in range(1200):
            if mark.is_file() and mark.read_text():
                break
            time.sleep(0.1)
        kernel = int(mark.read_text())
        process.send_signal(sign)
        _, messages = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130, messages
    assert "interrupted" in messages
    assert "Traceback" not in messages
    assert not Path(f"/proc/{kernel}").exists()
    assert not list(scratch.glob("nbrelease-run-*"))
    assert not list(tmp_path.glob("home/bundles/*"))
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
