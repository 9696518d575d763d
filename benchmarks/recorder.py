"""What the recorder costs: the same notebook in our kernel, with it and without, in turn.

Run as `python benchmarks/recorder.py [ROUNDS]`. Of each cell the quickest round counts, with the
recorder and without: whatever else the machine does only ever adds. Exits with 1 if the bar is
missed.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import nbformat
from jupyter_core.utils import run_sync
from measuring import report

from lifecycle_core.adapters.kernel import fresh_kernel
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
    "forest": """
X, y = frame.drop(columns=["group", "target"]), frame["target"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
forest = RandomForestClassifier(n_estimators=20, max_depth=8, random_state=0)
forest.fit(X_train, y_train).score(X_test, y_test)
""",
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
    "files 10k": """
folder = pathlib.Path("many")
folder.mkdir()
for number in range(5_000):
    (folder / f"{number}.txt").write_text("x")
read = sum(len((folder / f"{number}.txt").read_text()) for number in range(5_000))
""",
}


def measure(folder: Path, *, watched: bool) -> dict[str, float]:
    """Return the seconds that each cell took, and the start of the kernel."""
    path = folder / "notebook.ipynb"
    path.write_text(nbformat.writes(nbformat.v4.new_notebook()))
    seconds = {}
    with open_workspace(path) as workspace:
        begun = time.perf_counter()
        with fresh_kernel(workspace, {}, watched=watched) as kernel:
            client: Any = kernel.manager.client()
            client.start_channels()
            run_sync(client.wait_for_ready)(timeout=60)
            seconds["start"] = time.perf_counter() - begun
            for index, (name, source) in enumerate(_CELLS.items()):
                kernel.enter_cell(index)
                begun = time.perf_counter()
                reply = run_sync(client.execute_interactive)(source, timeout=600)
                seconds[name] = time.perf_counter() - begun
                if reply["content"]["status"] != "ok":
                    raise SystemExit(f"{name}: {reply['content']['evalue']}")
            client.stop_channels()
    return seconds


def main() -> None:
    """Print the cost by cell, and in all beside its bar."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    found: dict[bool, list[dict[str, float]]] = {True: [], False: []}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            for watched in (False, True):
                found[watched].append(measure(Path(folder), watched=watched))
    best = {
        watched: {name: min(run[name] for run in runs) for name in runs[0]}
        for watched, runs in found.items()
    }
    for name, plain in best[False].items():
        print(f"{name:12} {plain:8.3f} s  {best[True][name] / plain:6.2f}")
    plain, watched = (sum(best[way].values()) for way in (False, True))
    print(f"{'all':12} {plain:8.3f} s  {watched / plain:6.2f}")
    sys.exit(not report("more time with the recorder", 100 * (watched / plain - 1), 10, unit="%"))


if __name__ == "__main__":
    main()
