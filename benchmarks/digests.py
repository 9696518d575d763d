"""Print how fast values are digested, beside sha256 alone, and what a tracker costs a run."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import scipy.sparse
from sklearn.ensemble import RandomForestClassifier

from lifecycle_core.recorder.digests import digest
from lifecycle_core.recorder.namespace import Tracker

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 1_000_000
CELLS = (
    "import numpy as np, pandas as pd\nfrom sklearn.ensemble import RandomForestClassifier",
    "rng = np.random.default_rng(0)",
    "X = pd.DataFrame(rng.normal(size=(100_000, 20))).add_prefix('f')",
    "y = (X['f0'] + rng.normal(size=len(X)) > 0).astype(int)",
    "X.describe()",
    "X['ratio'] = X['f1'] / X['f2'].abs().clip(lower=0.1)",
    "names = [str(i % 1000) for i in range(100_000)]\nX['name'] = names",
    "counts = X.groupby('name')['f3'].agg(['mean', 'std', 'count'])",
    "X = X.drop(columns='name')\ntrain, test = X[:80_000], X[80_000:]",
    "model = RandomForestClassifier(20, max_depth=8, random_state=0).fit(train, y[:80_000])",
    "score = model.score(test, y[80_000:])",
    "importance = pd.Series(model.feature_importances_, X.columns).sort_values()",
    "importance.head()",
)


def best(work: Callable[[], object], runs: int = 3) -> float:
    """Seconds of the fastest of several runs."""
    found = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return min(found)


def show(name: str, seconds: float, size: int) -> None:
    """One line: milliseconds, and gigabytes a second where there are bytes to read."""
    rate = f"{size / seconds / 1e9:6.2f} GB/s" if size else ""
    print(f"{name:<44} {seconds * 1e3:9.1f} ms {rate}")


def values() -> dict[str, tuple[Any, int]]:
    """What is digested, and how many bytes it holds."""
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(ROWS, 20))
    frame = pd.DataFrame(matrix)
    apart = pd.DataFrame({name: matrix[:, name].copy() for name in range(20)})
    texts = pd.DataFrame({"a": [f"customer {place}" for place in range(ROWS)]})
    sparse = scipy.sparse.random(100_000, 1_000, 0.01, format="csr", random_state=0)
    small = matrix[:5_000], matrix[:5_000, 0] > 0
    forest = RandomForestClassifier(100, random_state=0).fit(*small)
    return {
        "array, 1M x 20 floats": (matrix, matrix.nbytes),
        "the same in Fortran order": (np.asfortranarray(matrix), matrix.nbytes),
        "every second column of it": (matrix[:, ::2], matrix.nbytes // 2),
        "integers, 20M": (matrix.astype("i8"), matrix.nbytes),
        "frame, 1M x 20 floats, one block by rows": (frame, matrix.nbytes),
        "the same, a block for each column": (apart, matrix.nbytes),
        "frame, 1M texts": (texts, int(texts["a"].array.nbytes)),
        "sparse matrix, 1M entries": (sparse, sparse.data.nbytes + sparse.indices.nbytes),
        "forest of 100 trees": (forest, 0),
        "list of 1M floats": (matrix[:, 0].tolist(), 8 * ROWS),
        "list of 100k pairs": ([(place, "a") for place in range(100_000)], 0),
        "dictionary of 1M numbers": (dict.fromkeys(range(ROWS), 1), 0),
        "100k dictionaries": ([{"a": place, "b": "x"} for place in range(100_000)], 0),
        "1,000 small values": ([[place, [place]] for place in range(1_000)], 0),
        "lists 100,000 deep": (deep(100_000), 0),
    }


def deep(levels: int) -> list[Any]:
    """A list in a list, and so on."""
    made: list[Any] = []
    for _ in range(levels):
        made = [made]
    return made


def tracked() -> tuple[float, float]:
    """Seconds of the cells, and of the tracker around them."""
    space: dict[str, Any] = {"__name__": "__main__"}
    tracker = Tracker(space)
    cells = cost = 0.0
    for source in CELLS:
        tracker.before(source)
        started = time.perf_counter()
        exec(source, space)  # noqa: S102  # as a kernel does
        cells += time.perf_counter() - started
        cost += tracker.after(source).seconds
    return cells, cost


def main() -> None:
    """Measure and print."""
    table = values()
    matrix, size = next(iter(table.values()))
    show("sha256 of its bytes", best(lambda: hashlib.sha256(matrix)), size)
    for name, (value, size) in table.items():
        made = digest(value)
        seconds = best(lambda each=value: digest(each))  # type: ignore[misc]
        show(name if made.text else f"{name}: {made.note}", seconds, size)
    cells, cost = tracked()
    print(f"tracker / {len(CELLS)} cells {cost / cells:.3f} (at most 0.1); cells {cells:.1f} s")


if __name__ == "__main__":
    main()
