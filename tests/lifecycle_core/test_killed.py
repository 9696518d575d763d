"""kill -9 at any moment: no process is left, no half record, and no file of the user's changed."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.notebook_files import write_notebook

DRAW = random.Random(3)  # noqa: S311 - the same moments at every run
KILLS = int(os.environ.get("NBRELEASE_KILLS", "2"))
"""`make kills` sets 40."""
MOMENTS = [round(DRAW.uniform(0.5, 6.0), 2) for _ in range(KILLS)]
KERNEL = re.compile(rb"ipykernel|launcher\.py")
PATIENCE = 60.0  # seconds for a process to go; far more than it takes on a busy machine

SOURCES = (
    "import subprocess, sys, time\nfrom pathlib import Path",
    "Path('data.csv').write_text(Path('data.csv').read_text() + '9\\n')",
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(900)', {token!r}])\n1",
    *["time.sleep(0.4)\nPath('new.txt').write_text('x')"] * 4,
    "len(Path('data.csv').read_text())",
)


def project(folder: Path) -> Path:
    folder.mkdir()
    (folder / "data.csv").write_text("1\n2\n", encoding="utf-8")
    token = str(folder)
    sources = [source.replace("{token!r}", repr(token)) for source in SOURCES]
    return write_notebook(folder / "nb.ipynb", *sources)


def start(notebook: Path, record: Path) -> subprocess.Popen[bytes]:
    words = ["reproduce", str(notebook), "--json", str(record)]
    return subprocess.Popen(
        [sys.executable, "-m", "lifecycle_core.cli", *words],
        cwd=notebook.parent,
        env={**os.environ, "NBRELEASE_HOME": str(record.parent / "home")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def digests(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def parents() -> dict[int, tuple[int, str]]:
    """Return each running process's parent and when it started, which together name it for ever."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if words[0] != "Z":
            found[int(stat.parent.name)] = (int(words[1]), words[19])
    return found


def descendants(root: int) -> dict[int, str]:
    """Return the processes below one, with the time of their start."""
    running = parents()
    below: dict[int, str] = {}
    layer = {root}
    while layer:
        layer = {pid for pid, (parent, _) in running.items() if parent in layer} - below.keys()
        below |= {pid: running[pid][1] for pid in layer}
    return below


def command_line(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def left_over(seen: dict[int, str], token: str) -> list[bytes]:
    """Return what still runs of the processes seen, or names the project, once patience ends."""
    until = time.monotonic() + PATIENCE
    while True:
        running = parents()
        left = [pid for pid, began in seen.items() if running.get(pid, (0, ""))[1] == began]
        left += [pid for pid in running if token.encode() in command_line(pid)]
        if not left or time.monotonic() > until:
            break
        time.sleep(0.2)
    said = [command_line(pid) for pid in left]
    for pid in left:  # whatever the verdict, this test leaves nothing behind
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return said


def whole_or_absent(record: Path) -> bool:
    return not record.exists() or "verdict" in json.loads(record.read_text(encoding="utf-8"))


@pytest.mark.parametrize("moment", MOMENTS)
def test_killing_the_command_leaves_nothing(tmp_path: Path, moment: float) -> None:
    notebook = project(tmp_path / "project")
    before = digests(notebook.parent)
    process = start(notebook, tmp_path / "record.json")
    time.sleep(moment)
    seen = descendants(process.pid)
    process.kill()
    process.wait()
    assert left_over(seen, str(notebook.parent)) == []
    assert digests(notebook.parent) == before
    assert whole_or_absent(tmp_path / "record.json")


@pytest.mark.parametrize("moment", MOMENTS[: KILLS // 2])
def test_killing_the_kernel_ends_the_run_and_says_so(tmp_path: Path, moment: float) -> None:
    notebook = project(tmp_path / "project")
    before = digests(notebook.parent)
    record = tmp_path / "record.json"
    process = start(notebook, record)
    seen: dict[int, str] = {}
    kernels: list[int] = []
    while not kernels and process.poll() is None:
        seen |= descendants(process.pid)
        kernels = [pid for pid in seen if KERNEL.search(command_line(pid))]
    time.sleep(moment / 3)
    seen |= descendants(process.pid)
    os.kill(kernels[0], signal.SIGKILL)
    assert process.wait() in {1, 3}
    assert left_over(seen, str(notebook.parent)) == []
    assert digests(notebook.parent) == before
    assert whole_or_absent(record)
