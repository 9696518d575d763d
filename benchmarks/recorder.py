"""What the recorder costs: the same notebook in our kernel, with it and without, in turn.

Run as `python benchmarks/recorder.py [ROUNDS]`. Two kernels wait side by side; each cell runs in
one and right after that in the other, the first of a round being the second of the next. Of each
cell the quickest round counts, with the recorder and without: whatever else the machine does only
ever adds. Cells are short, so that some round finds each at its quickest. Exits with 1 if the bar
is missed.
"""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import nbformat
from jupyter_core.utils import run_sync
from measuring import report

from lifecycle_core.adapters.kernel import Kernel, fresh_kernel
from lifecycle_core.adapters.workspace import open_workspace

_CELLS = {
    "imports": """
import time, random, pathlib
import numpy as np, pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score, train_test_split
""",
    "frame": """
rng = np.random.default_rng(0)
rows = 200_000
frame = pd.DataFrame(rng.normal(size=(rows, 12)), columns=list("abcdefghijkl"))
frame["group"] = rng.choice(["north", "south", "east", "west"], rows)
frame["target"] = (frame["a"] + frame["b"] * 2 + rng.normal(size=rows) > 0).astype(int)
""",
    "csv": """
frame.head(50_000).to_csv("frame.csv", index=False)
again = pd.read_csv("frame.csv")
""",
    "group": """
for _ in range(10):
    summary = frame.groupby("group").agg(["mean", "std", "min", "max"])
    wide = frame.assign(c2=frame["c"] ** 2, d2=frame["d"].rank()).sort_values("d2")
""",
    "split": """
X, y = frame.drop(columns=["group", "target"]), frame["target"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
""",
    **{
        f"forest {part}": f"""
forest = RandomForestClassifier(n_estimators=5, max_depth=8, random_state={part})
forest.fit(X_train, y_train).score(X_test, y_test)
"""
        for part in range(4)
    },
    "regression": "scores = cross_val_score(LogisticRegression(max_iter=200), X, y, cv=3)",
    "small calls": """
total = 0
for number in range(3_000_000):
    total += number % 7
text = [str(number) for number in range(1_000_000)]
""",
    "clock 1M": """
for _ in range(1_000_000):
    time.time()
""",
    "random 1M": """
random.seed(0)
for _ in range(1_000_000):
    random.random()
""",
    **{
        f"files 2k {part}": f"""
folder = pathlib.Path("many{part}")
folder.mkdir()
for number in range(1_000):
    (folder / f"{{number}}.txt").write_text("x")
read = sum(len((folder / f"{{number}}.txt").read_text()) for number in range(1_000))
"""
        for part in range(5)
    },
}


class Side:
    """A kernel that waits, with the recorder or without, while the other side runs."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._client: Any = kernel.manager.client()
        self._client.start_channels()
        run_sync(self._client.wait_for_ready)(timeout=60)

    def seconds(self, index: int, name: str) -> float:
        """Run a cell and return how long it took."""
        self._kernel.enter_cell(index)
        begun = time.perf_counter()
        reply = run_sync(self._client.execute_interactive)(_CELLS[name], timeout=600)
        taken = time.perf_counter() - begun
        if reply["content"]["status"] != "ok":
            raise SystemExit(f"{name}: {reply['content']['evalue']}")
        return taken

    def close(self) -> None:
        """Let go of the channels."""
        self._client.stop_channels()


def one_round(path: Path, order: tuple[bool, bool]) -> dict[bool, dict[str, float]]:
    """Run each cell on both sides, the one right after the other, and return the seconds."""
    taken: dict[bool, dict[str, float]] = {True: {}, False: {}}
    sides = dict[bool, Side]()
    with ExitStack() as stack:
        for watched in order:
            workspace = stack.enter_context(open_workspace(path))
            begun = time.perf_counter()
            kernel = stack.enter_context(fresh_kernel(workspace, {}, watched=watched))
            sides[watched] = Side(kernel)
            taken[watched]["start"] = time.perf_counter() - begun
            stack.callback(sides[watched].close)
        for index, name in enumerate(_CELLS):
            for watched in order:
                taken[watched][name] = sides[watched].seconds(index, name)
    return taken


def main() -> None:
    """Print the cost by cell, and in all beside its bar."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 6
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "notebook.ipynb"
        path.write_text(nbformat.writes(nbformat.v4.new_notebook()))
        orders = ((False, True), (True, False))
        found = [one_round(path, orders[number % 2]) for number in range(rounds)]
    best = {
        watched: {name: min(run[watched][name] for run in found) for name in found[0][watched]}
        for watched in (False, True)
    }
    for name, plain in best[False].items():
        print(f"{name:12} {plain:8.3f} s  {best[True][name] / plain:6.2f}")
    plain, watched = (sum(best[way].values()) for way in (False, True))
    print(f"{'all':12} {plain:8.3f} s  {watched / plain:6.2f}")
    sys.exit(not report("more time with the recorder", 100 * (watched / plain - 1), 10, unit="%"))


if __name__ == "__main__":
    main()
