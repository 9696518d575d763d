"""Notebooks that fight back: whatever they do, the command ends and says something true."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.command_line import Ended, nbrelease
from tests.corpus.executing import execute

SCRIPT = "<script>alert('from-the-notebook')</script>"
MEGABYTES = 700  # of the parent; it holds about 150 without any output

LIARS = (
    """
class Liar:
    def __eq__(self, other): raise RuntimeError("eq")
    def __hash__(self): raise RuntimeError("hash")
    def __bool__(self): raise RuntimeError("bool")
    def __len__(self): return -1
    def __iter__(self): return iter(int, 1)
    def __reduce__(self): import os; os._exit(7)
    def __deepcopy__(self, memo): raise RuntimeError("copy")
    def __getattr__(self, name): raise RuntimeError("attribute " + name)
    def __repr__(self): return "liar"
liar = Liar()
liar""",
    """
class Mimic:
    __class__ = property(lambda self: dict)
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self
    def __repr__(self): raise ValueError("no text")
    def __str__(self): return "mimic"
mimic = Mimic()
print(str(mimic))""",
    """
class Endless(dict):
    def items(self):
        while True:
            yield "key", "value"
    def __iter__(self):
        while True:
            yield "key"
    def __len__(self): return 2**40
    def __repr__(self): return "endless"
endless = Endless()
endless""",
    "kept = [liar, mimic, endless, {1: liar}]\nlen(kept)",
)
CYCLES = (
    "a = []; a.append(a); a",
    "d = {}; d['self'] = d; d",
    "class Node:\n    pass\nn = Node(); n.next = Node(); n.next.next = n; n.next.next is n",
    "import numpy as np\nbox = np.empty(1, dtype=object); box[0] = box; box.shape",
    "import pandas as pd\nf = pd.DataFrame({'x': [1]}); f.attrs['me'] = f; t = (a, d, [a]); f",
    "deep = []\nfor _ in range(50_000):\n    deep = [deep]\nlen(deep)",
)
BUILTINS = (
    "import builtins\nkept = builtins.sorted",
    "del builtins.sorted, builtins.divmod, builtins.hex\n'gone'",
    "'sorted' in dir(builtins)",
)
PATCHES = (
    "import builtins, hashlib, os, time\nfrom pathlib import Path",
    "def no(*a, **k):\n    raise OSError('not today')\nPath('before.txt').write_text('x')",
    "builtins.open = no; hashlib.sha256 = no; os.replace = no; os.read = no",
    "time.time = lambda: 0.0; time.perf_counter = lambda: 0.0",
    "os.environ.clear(); os.chdir('/'); 'still here'",
)
HOOKS = (
    "import sys, signal, gc\nsys.setrecursionlimit(400)",
    "sys.addaudithook(lambda event, args: None)\nsys.settrace(None); gc.disable(); gc.freeze()",
    "for s in (signal.SIGTERM, signal.SIGINT):\n    signal.signal(s, signal.SIG_IGN)\n1",
    "sys.excepthook = None\n2",
)
FORKS = (
    "import os, sys, time",
    "child = os.fork()\nif child == 0:\n    os._exit(0)\nos.waitpid(child, 0)[1]",
    "import subprocess\nsubprocess.run(['echo', 'hello'], capture_output=True, text=True).stdout",
    """
import multiprocessing as m
with m.get_context('fork').Pool(2) as q:
    r = q.map(abs, [-1, -2])
r""",
)
SOUND = {
    "liars": LIARS,
    "cycles": CYCLES,
    "deleted builtins": BUILTINS,
    "patches": PATCHES,
    "hooks": HOOKS,
    "forks": FORKS,
}


def authored(path: Path, *sources: str) -> Path:
    """Execute a notebook as its author would and save it with its outputs."""
    notebook = new_notebook(cells=[new_code_cell(source.strip()) for source in sources])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "", "language": "python"}
    done = execute(notebook, path.parent)
    assert done.ended == "ok", done.message
    nbformat.write(notebook, path)
    return path


def reproduce(notebook: Path, *words: str | Path) -> tuple[Ended, dict[str, Any]]:
    record = notebook.with_suffix(".json")
    ended = nbrelease("reproduce", notebook, "--json", record, *words, cwd=notebook.parent)
    return ended, json.loads(record.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", SOUND)
def test_hostile_objects_do_not_disturb_the_verdict(tmp_path: Path, name: str) -> None:
    ended, record = reproduce(authored(tmp_path / "nb.ipynb", *SOUND[name]))
    assert ended.code == 0, ended.messages
    assert [cell["status"] for cell in record["cells"]] == ["identical"] * len(SOUND[name])


def test_markup_of_an_output_is_text_in_every_report(tmp_path: Path) -> None:
    sources = (
        f"from IPython.display import HTML\nHTML({SCRIPT!r})",
        f"print({SCRIPT!r}, '\\x1b]0;owned\\x07')",
        f"import random\nprint({SCRIPT!r}, random.random())",
    )
    notebook = authored(tmp_path / "nb.ipynb", *sources)
    page = tmp_path / "report.html"
    ended, record = reproduce(notebook, "--html", page)
    assert record["verdict"] == "different"
    assert SCRIPT not in page.read_text(encoding="utf-8")
    assert "\x1b]0;" not in ended.answer + ended.messages


def test_endless_output_ends_and_is_not_kept(tmp_path: Path) -> None:
    flood = "while True:\n    print('x' * 10_000)"
    notebook = authored(tmp_path / "nb.ipynb", "n = 1\nn", "pass")
    saved = nbformat.read(notebook, as_version=4)
    saved.cells[1].source = flood
    nbformat.write(saved, notebook)
    record = tmp_path / "record.json"
    words = ["reproduce", notebook, "--json", record, "--cell-timeout", "5"]
    command = [sys.executable, "-m", "lifecycle_core.cli", *map(str, words)]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=-3, stderr=-3)
    peak = 0.0
    while process.poll() is None and peak < MEGABYTES:
        peak = max(peak, peak_megabytes(process.pid))
        time.sleep(0.05)
    if peak >= MEGABYTES:  # it would take the whole machine's memory
        process.kill()
        process.wait()
    assert peak < MEGABYTES
    judged = json.loads(record.read_text(encoding="utf-8"))
    assert process.returncode == 1
    assert judged["cells"][1]["status"] == "failed"
    assert record.stat().st_size < 1_000_000


def test_a_kernel_that_can_no_longer_answer_ends_at_the_limit(tmp_path: Path) -> None:
    notebook = authored(tmp_path / "nb.ipynb", "1", "2")
    saved = nbformat.read(notebook, as_version=4)
    saved.cells[0].source = "get_ipython().kernel.session.send = lambda *_, **__: None\n1"
    nbformat.write(saved, notebook)
    ended, record = reproduce(notebook, "--cell-timeout", "5")
    assert ended.code in {1, 3}, ended.messages
    assert not record["reproducible"]


@pytest.mark.long
def test_thousands_of_cells(tmp_path: Path) -> None:
    notebook = authored(tmp_path / "nb.ipynb", "n = 0", *["n += 1"] * 500, "n")
    saved = nbformat.read(notebook, as_version=4)
    saved.cells[2:2] = [nbformat.v4.new_markdown_cell(f"note {n}") for n in range(9_500)]
    nbformat.write(saved, notebook)
    ended, record = reproduce(notebook)
    assert ended.code == 0
    assert len(record["cells"]) == 502
    assert record["cells"][-1]["index"] == 10_001


@pytest.mark.parametrize("session", [False, True])
def test_a_child_that_stays_is_ended_with_the_run(tmp_path: Path, *, session: bool) -> None:
    token = f"stays-{session}-{tmp_path.name}"
    words = f"[sys.executable, '-c', 'import time; time.sleep(600)', {token!r}]"
    stays = f"import subprocess, sys\nsubprocess.Popen({words}, start_new_session={session})\n1"
    notebook = authored(tmp_path / "nb.ipynb", "1")
    saved = nbformat.read(notebook, as_version=4)
    saved.cells[0].source = stays
    nbformat.write(saved, notebook)
    ended, _ = reproduce(notebook)
    left = running_with(token)
    for process in left:  # whatever the verdict, this test leaves nothing behind
        os.kill(process, signal.SIGKILL)
    assert ended.code == 0
    assert left == []


def test_a_thread_that_prints_later_breaks_nothing(tmp_path: Path) -> None:
    later = "import threading, time\nthreading.Timer(0.4, print, ['later']).start()"
    notebook = authored(tmp_path / "nb.ipynb", later, "time.sleep(0.8)", "'done'")
    ended, record = reproduce(notebook)
    assert ended.code in {0, 1}
    assert record["cells"][2]["status"] == "identical"


def peak_megabytes(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    found = [line for line in lines if line.startswith("VmHWM:")]
    return int(found[0].split()[1]) / 1024 if found else 0.0


def running_with(word: str) -> list[int]:
    """Return the processes whose command line holds a word."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if word.encode() in (process / "cmdline").read_bytes():
                found.append(int(process.name))
        except OSError:
            continue
    return found
