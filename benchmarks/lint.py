"""How many notebooks a second `nbrelease lint` reads, once it has started.

The notebooks are made in a temporary folder: 20 code cells each in the style of an analysis, with
magics, plots, functions, outputs of a few kilobytes, and no two alike. One notebook is linted
first, so that what is loaded once is loaded. Exits with 1 if the bar is missed.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from measuring import report

from lifecycle_core import lint

NOTEBOOKS = 200
WANTED = 50.0
CELLS = [
    "%matplotlib inline\nimport numpy as np\nimport pandas as pd\nimport matplotlib.pyplot as plt",
    ("from sklearn.model_selection import train_test_split\n"
    "from sklearn.ensemble import RandomForestClassifier\nSEED = {n}"),
    ("rng = np.random.default_rng(SEED)\n"
    "df = pd.DataFrame(rng.normal(size=(100, 4)), columns=list('abcd'))\ndf.head()"),
    ("def features(frame, names=('a', 'b')):\n    '''Return the columns that are wanted.'''\n"
    "    kept = [name for name in names if name in frame.columns]\n"
    "    if not kept:\n        raise ValueError('none of them is there')\n    return frame[kept]"),
    ("X = features(df)\ny = (df['c'] > 0).astype(int)\n"
    "X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=SEED)"),
    ("model = RandomForestClassifier(n_estimators={n}, random_state=SEED)\n"
    "%time model.fit(X_train, y_train)\nprint(f'score {{model.score(X_test, y_test):.3f}}')"),
    ("fig, axes = plt.subplots(1, 2, figsize=(8, 3))\nfor axis, name in zip(axes, X):\n"
    "    axis.hist(X[name], bins=20)\n    axis.set_title(name)\nplt.tight_layout()"),
    ("table = df.assign(score=model.predict_proba(features(df))[:, 1]).sort_values('score')\n"
    "table.groupby(pd.cut(table['score'], 5), observed=True)['c'].agg(['mean', 'size'])"),
    "!ls -l\nnames = sorted(set(table.columns) - {{'score'}})\nprint(', '.join(names))",
    ("results = {{}}\nfor depth in range(2, {n} % 7 + 3):\n"
    "    results[depth] = model.set_params(max_depth=depth).fit(X_train, y_train)\nresults"),
]  # fmt: skip


def notebook(number: int) -> str:
    """Return the text of a notebook of 20 code cells that ran well."""
    sources = [source.format(n=number) for source in [*CELLS, *CELLS]]
    output = {"output_type": "stream", "name": "stdout", "text": ["a line of output\n"] * 40}
    cells = [
        {
            "cell_type": "code",
            "execution_count": count,
            "id": f"c{count}",
            "metadata": {},
            "outputs": [output],
            "source": source.splitlines(keepends=True),
        }
        for count, source in enumerate(sources, 1)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    content = {
        "cells": cells,
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, indent=1)


def main() -> None:
    """Print the figure beside its bar."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.ipynb" for number in range(NOTEBOOKS)]
        for number, path in enumerate(paths):
            path.write_text(notebook(number))
        lint(paths[0])
        start, started = time.perf_counter(), time.process_time()
        linted = lint(paths[1:])
        seconds, busy = time.perf_counter() - start, time.process_time() - started
    found = sum(len(one.findings) for one in linted.notebooks)
    read = len(linted.notebooks)
    print(f"{read / busy:.0f} notebooks per second of one processor; {found} findings")
    sys.exit(not report("lint, notebooks a second", read / seconds, WANTED, least=True))


if __name__ == "__main__":
    main()
