"""State that only the author's session had: deleted cells and edits."""

from __future__ import annotations

from tests.corpus.case import Author, Case

UNDEFINED = ("undefined_name",)
DELETED = ("deleted_cell",)
EDITED = ("edited_after_run",)

CASES = [
    Case(
        name="name_from_console",
        base="ledger",
        kinds=UNDEFINED,
        also=("deleted_cell",),
        why="VAT was set in the console of the session, never in the notebook.",
        author=Author(startup="VAT = 0.19"),
        add={"revenue = sum(": "print(f'with tax {revenue * (1 + VAT):.2f}')"},
        at=("1 + VAT",),
    ),
    Case(
        name="numpy_from_profile",
        base="bikes",
        kinds=UNDEFINED,
        why="The author's profile imports numpy at start.",
        author=Author(startup="import numpy as np"),
        add={"pivot = rides": "np.round(np.log1p(pivot.values), 2)[:2]"},
        at=("np.log1p",),
    ),
    Case(
        name="renamed_in_one_place",
        base="forecast",
        kinds=UNDEFINED,
        also=("edited_after_run",),
        why="A variable was renamed where it is defined and not where it is used.",
        then_swap={
            'naive = te["hr"].map(tr.groupby("hr")["bikers"].mean())': 'baseline = te["hr"].map(tr.groupby("hr")["bikers"].mean())'
        },
        at=('mae(te["bikers"], naive)',),
    ),
    Case(
        name="name_in_rare_branch_of_function",
        base="segments",
        kinds=UNDEFINED,
        also=("deleted_cell",),
        why="A function uses a global that only the session had.",
        author=Author(startup="CURRENCY = 'EUR'"),
        add={
            "scaled = Standard": "def money(value):\n    return f'{value:.2f} {CURRENCY}'",
            "profile = customers": "[money(v) for v in profile['monthly_charges']]",
        },
        at=("{CURRENCY}", "money(v)"),
    ),
    Case(
        name="pylab_names",
        base="digits",
        kinds=UNDEFINED,
        why="The author starts Jupyter with pylab names.",
        author=Author(startup="from numpy import linspace, arange"),
        add={"flat = images": "bins = linspace(0, 16, 5)\nnp.histogram(flat, bins)[0]"},
        at=("bins = linspace",),
    ),
    Case(
        name="constants_cell_deleted",
        base="churn",
        kinds=DELETED,
        also=("undefined_name",),
        why="The cell that set SEED and TARGET is gone.",
        then_drop=("SEED = 42",),
        at=("train_test_split(\n",),
    ),
    Case(
        name="cleaning_cell_deleted",
        base="segments",
        kinds=DELETED,
        also=("undefined_name",),
        why="The cell that filled the gaps and scaled is gone.",
        then_drop=("scaled = Standard",),
        at=("kmeans(scaled",),
    ),
    Case(
        name="filter_cell_deleted",
        base="bikes",
        kinds=DELETED,
        why="A cell that dropped rows in place is gone: nothing fails, the numbers differ.",
        add={"rides.shape": "rides = rides[rides['windspeed'] < 0.3]"},
        then_drop=("rides['windspeed'] < 0.3",),
        at=("by_hour = rides",),
    ),
    Case(
        name="import_cell_deleted",
        base="iris_numpy",
        kinds=DELETED,
        also=("undefined_name",),
        why="The import was moved to a cell that somebody deleted as empty.",
        add={
            "C = Z.T": "# %%\nfrom itertools import combinations\n# %%\n[(a, b, round(float(C[a, b]), 2)) for a, b in combinations(range(4), 2)]"
        },
        then_drop=("from itertools",),
        at=("in combinations(",),
    ),
    Case(
        name="helper_cell_deleted",
        base="diabetes",
        kinds=DELETED,
        also=("undefined_name",),
        why="The function's cell was deleted; its only later use is the last cell.",
        add={
            "import matplotlib": "# %%\ndef label(name):\n    return f'<{name.upper()}>'\n# %%\npass"
        },
        swap={"best = min(": "label(min(", "[name]))\nbest": "[name])))"},
        then_drop=("def label",),
        at=("label(min(",),
    ),
    Case(
        name="scale_cell_deleted_numpy",
        base="iris_numpy",
        kinds=DELETED,
        why="An in-place change of an array was deleted; all later numbers differ.",
        add={"raw.shape": "raw *= np.array([1.0, 1.0, 2.54, 1.0])\nraw[:, 3] += 0.5"},
        then_drop=("raw *= np",),
        at=("mean = raw",),
    ),
    Case(
        name="pipeline_step_deleted",
        base="wine",
        kinds=DELETED,
        why="A cell that changed the pipeline's parameters is gone.",
        add={"cv = cross": "pipe.set_params(logisticregression__C=0.01);"},
        then_drop=("logisticregression__C",),
        at=("pipe.fit(X, y)",),
    ),
    Case(
        name="threshold_edited",
        base="churn",
        kinds=EDITED,
        why="The threshold was changed after the run.",
        then_swap={"scores > 0.5": "scores > 0.3"},
        at=("scores > 0.3",),
    ),
    Case(
        name="constant_edited_early",
        base="iris_numpy",
        kinds=EDITED,
        why="The train set was enlarged in the source and not run again; seen two cells later.",
        then_swap={"order[:100], order[100:]": "order[:120], order[120:]"},
        at=("order[:120]",),
    ),
    Case(
        name="query_edited",
        base="bikes",
        kinds=EDITED,
        why="The filter was turned to weekends, the output is of working days.",
        then_swap={"workingday == 1": "workingday == 0"},
        at=("workingday == 0",),
    ),
    Case(
        name="function_body_edited",
        base="diabetes",
        kinds=EDITED,
        why="The function's formula was mended after the run.",
        then_swap={"(truth - guess) ** 2": "np.abs(truth - guess)"},
        at=("np.abs(truth",),
    ),
    Case(
        name="plot_edited",
        base="digits",
        kinds=EDITED,
        why="Only the picture's colours were edited.",
        then_swap={'cmap="tab10", s=5': 'cmap="viridis", s=5'},
        at=('cmap="viridis"',),
    ),
    Case(
        name="typo_while_tidying",
        base="wine",
        kinds=EDITED,
        also=("undefined_name",),
        why="A slip while tidying: a keyword that does not exist.",
        then_swap={"max_iter=500": "max_iters=500"},
        at=("max_iters=500",),
    ),
    Case(
        name="depth_edited_text_report",
        base="forecast",
        kinds=EDITED,
        why="max_depth of the tree was edited; the text report still shows the old tree.",
        then_swap={"max_depth=4, random_state": "max_depth=2, random_state"},
        at=("max_depth=2, random_state",),
    ),
]
