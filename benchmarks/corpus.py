"""Print how well `nbrelease reproduce` judges the corpus, beside nbval on the same notebooks.

Exits with 1 if a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # the corpus is part of the tests, which are not installed

from judging import Judged, met, print_calibration, print_misses, print_table  # noqa: E402

from tests.corpus.generate import Dropped, Truth, generate, load  # noqa: E402
from tests.corpus.serving import serving  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence

LIMIT = 600  # seconds after which a tool is stopped and has said nothing


def main() -> None:
    """Generate or reuse the corpus, judge every notebook, print."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="corpus") as folder:
        corpus = (options.corpus or Path(folder)).resolve()
        truths, dropped = _corpus(corpus)
        chosen = [truth for truth in truths if not options.kind or options.kind in _names(truth)]
        chosen = chosen[: options.limit]
        judged = []
        with ThreadPoolExecutor(2) as pool:  # as many kernels at a time as the machine has cores
            for each in pool.map(lambda truth: _judge(truth, corpus, options), chosen):
                judged.append(each)
                print(_line(len(judged), len(chosen), each), file=sys.stderr, flush=True)
                if options.json:
                    with options.json.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(asdict(each)) + "\n")
    for each in dropped:
        print(f"dropped {each.name}: {each.reason}")
    print(f"{len(judged)} notebooks; {len(dropped)} dropped: truth not confirmed by execution\n")
    print_table(judged)
    print_misses(judged)
    print_calibration(judged)
    sys.exit(not met(judged))


def _line(number: int, total: int, each: Judged) -> str:
    said = each.record["verdict"] if each.record else f"exit {each.code}"
    causes = ", ".join(f"{cause['kind']} in {cause['cell']}" for cause in each.stated)
    return f"{number:4}/{total} {each.seconds:5.1f} s {each.truth.path}: {said} {causes}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, help="a folder to reuse, or to generate into")
    parser.add_argument("--kind", help="one cause kind, `clean`, `harmless` or a case's name")
    parser.add_argument("--limit", type=int, help="judge at most so many notebooks")
    parser.add_argument("--no-nbval", action="store_true", help="leave nbval out")
    parser.add_argument("--json", type=Path, help="add a line a notebook here: what was said")
    parser.add_argument("--options", default="", help="more words for `nbrelease reproduce`")
    return parser.parse_args()


def _names(truth: Truth) -> set[str]:
    return {truth.name, truth.group, *truth.kinds}


def _corpus(corpus: Path) -> tuple[list[Truth], list[Dropped]]:
    if (corpus / "corpus.json").exists():
        return load(corpus)
    started = time.monotonic()
    truths, dropped = generate(corpus)
    print(f"generated in {time.monotonic() - started:.0f} s")
    return truths, dropped


def _judge(truth: Truth, corpus: Path, options: argparse.Namespace) -> Judged:
    """Let each tool judge a notebook in a copy of its project of its own."""
    with ExitStack() as stack:
        if truth.port:
            stack.enter_context(serving(truth.port, truth.served, first=7))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="judged")))
        record = folder / "record.json"
        words = ["--json", str(record), *options.options.split()]
        if truth.timeout:
            words += ["--cell-timeout", f"{truth.timeout:g}"]
        command = [sys.executable, "-m", "lifecycle_core.cli", "reproduce"]
        started = time.perf_counter()
        code, said = _run(truth, corpus, folder / "ours", command, words)
        seconds = time.perf_counter() - started
        passed: list[bool | None] = [None, None]
        if not options.no_nbval:
            for place, flag in enumerate(("--nbval", "--nbval-lax")):
                # Random order belongs to this repository's tests, not to a notebook's cells.
                pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", flag]
                limit = ["--nbval-cell-timeout", f"{truth.timeout or 120:g}"]
                passed[place] = _run(truth, corpus, folder / flag, pytest, limit)[0] == 0
        return Judged(
            truth=truth,
            record=json.loads(record.read_text(encoding="utf-8")) if record.exists() else None,
            code=code,
            seconds=seconds,
            message=said.strip()[-300:],
            strict=passed[0],
            lax=passed[1],
        )


def _run(
    truth: Truth, corpus: Path, folder: Path, command: Sequence[str], words: Sequence[str]
) -> tuple[int, str]:
    """Run a tool on a copy of the project, or on the very place that absolute paths name."""
    project = corpus.joinpath(*Path(truth.path).parts[:2])
    if not truth.there:
        project = Path(shutil.copytree(project, folder / project.name))
    notebook = project.joinpath(*Path(truth.path).parts[2:])
    environ = {**os.environ, "NBRELEASE_HOME": str(folder.parent / "home")}
    environ["PYTHONPATH"] = str(ROOT)
    try:
        done = subprocess.run(
            [*command, str(notebook), *words],
            cwd=project,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=LIMIT,
        )
    except subprocess.TimeoutExpired:
        return -1, f"stopped after {LIMIT} s"
    return done.returncode, done.stderr


if __name__ == "__main__":
    main()
