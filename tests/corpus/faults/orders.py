"""Cells that were really run in another order, or more than once, in one session."""

from __future__ import annotations

from tests.corpus.case import Author, Case

ORDER = ("out_of_order",)

CASES = [
    Case(
        name="definition_below_use",
        base="ledger",
        kinds=ORDER,
        also=("undefined_name",),
        why="The discount is used above the cell that defines it.",
        add={
            "payments = Counter": "# %%\nprint(f'{discount * 100:.0f}% off')\n# %%\ndiscount = 0.15"
        },
        author=Author(
            order=(
                "import csv",
                "class Customer",
                "customers = []",
                "customers[0]",
                "by_contract =",
                "payments = Counter",
                "discount = 0.15",
                "discount * 100",
                "revenue = sum",
                "cohorts = default",
                "summary.json",
            )
        ),
        at=("discount * 100", "discount = 0.15"),
    ),
    Case(
        name="cell_run_twice",
        base="bikes",
        kinds=ORDER,
        why="A cell that raises prices in place was run twice.",
        add={
            "working = rides": "# %%\nrides['fee'] = rides['bikers'] * 0.5\n# %%\nrides['fee'] *= 1.1\n# %%\nrides['fee'].sum().round(2)"
        },
        author=Author(
            order=(
                "import altair",
                "by_hour = rides",
                "alt.Chart",
                "working = rides",
                "* 0.5",
                "*= 1.1",
                "*= 1.1",
                "['fee'].sum()",
                "pivot = rides",
                "correlation",
                "summary =",
            )
        ),
        at=("*= 1.1", "['fee'].sum()"),
    ),
    Case(
        name="counter_run_three_times",
        base="iris_numpy",
        kinds=ORDER,
        why="Centroids were refined by running one cell three times.",
        add={
            "centroids = np": "near = ((Z[:, None] - centroids) ** 2).sum(-1).argmin(1)\ncentroids = np.array([Z[near == k].mean(0) for k in range(3)])\ncentroids.round(3)"
        },
        author=Author(
            order=(
                "import numpy",
                "raw = np",
                "raw.shape",
                "names = np",
                "species, y",
                "mean = raw",
                "std = raw",
                "Z = (raw",
                "Z[:3]",
                "C = Z.T",
                "np.round(C",
                "values, vectors",
                "explained =",
                "Z[y == k]",
                "near = ",
                "near = ",
                "near = ",
                "rng = np",
                "distance =",
                "accuracy =",
                "np.bincount",
            )
        ),
        at=("near = ",),
    ),
    Case(
        name="training_before_cleaning",
        base="segments",
        kinds=ORDER,
        why="The segments were made, then the scaling cell was changed and only it was run again.",
        add={
            "segment, centres": "scaled = scaled * np.array([1.0, 2.0, 1.0])\nscaled[:2].round(3)"
        },
        author=Author(
            order=(
                "import logging",
                "customers = pd",
                "scaled = Standard",
                "def kmeans",
                "scaled = scaled *",
                "segment, centres",
                "profile = customers",
                "pd.crosstab",
                "risky = profile[",
                "display(Markdown",
            )
        ),
        at=("scaled = scaled *", "segment, centres"),
    ),
    Case(
        name="rebound_then_back",
        base="forecast",
        kinds=ORDER,
        why="The author went back to the split after the tree had been made with other columns.",
        add={
            "pred = tree": 'cols = ["hr", "temp", "hum", "windspeed", "workingday", "season"]\nlen(cols)'
        },
        author=Author(
            order=(
                "# imports",
                "b.info",
                "cut = int",
                'cols = ["hr", "temp", "hum", "windspeed", "workingday", "season"]',
                "naive = te",
                "pred = tree.pred",
                "max_depth=2",
                "nlargest(5",
                "to_dict",
            )
        ),
        at=("len(cols)", "pred = tree.pred"),
    ),
    Case(
        name="results_before_reload",
        base="ledger",
        kinds=ORDER,
        why="Customers were doubled by loading twice: the load cell appends and was run again.",
        swap={"customers = []\nwith": "with"},
        add={"class Customer": "customers = []"},
        author=Author(
            order=(
                "import csv",
                "class Customer",
                "customers = []",
                "customers.append",
                "customers.append",
                "customers[0]",
                "by_contract =",
                "payments = Counter",
                "revenue = sum",
                "cohorts = default",
                "summary.json",
            )
        ),
        at=("customers.append",),
    ),
    Case(
        name="seeded_generator_used_twice",
        base="iris_numpy",
        kinds=ORDER,
        why="A seeded generator's cell was run once, the drawing cell twice.",
        swap={"rng = np.random.default_rng(7)\norder = rng": "order = rng"},
        add={"std = raw": "rng = np.random.default_rng(7)"},
        author=Author(
            order=(
                "import numpy",
                "raw = np",
                "raw.shape",
                "names = np",
                "species, y",
                "mean = raw",
                "std = raw",
                "rng = np",
                "Z = (raw",
                "Z[:3]",
                "C = Z.T",
                "np.round(C",
                "values, vectors",
                "explained =",
                "Z[y == k]",
                "order = rng",
                "order = rng",
                "distance =",
                "accuracy =",
                "np.bincount",
            )
        ),
        at=("order = rng",),
    ),
]
