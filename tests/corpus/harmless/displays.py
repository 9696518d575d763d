"""Plots, tables, widgets and the ways in which notebooks are kept."""

from __future__ import annotations

from typing import Any

from tests.corpus.case import Author, Case


def without_ids(notebook: dict[str, Any]) -> None:
    """Save as nbformat 4.4, which has no cell ids."""
    notebook["nbformat_minor"] = 4
    for cell in notebook["cells"]:
        cell.pop("id", None)


def foreign_kernel(notebook: dict[str, Any]) -> None:
    """Name the kernel of the author's laptop."""
    notebook["metadata"]["kernelspec"] = {
        "display_name": "Python (churn-env)",
        "language": "python",
        "name": "churn-env",
    }


def vscode(notebook: dict[str, Any]) -> None:
    """Save as VS Code does: texts in lists, its own metadata, times of execution."""
    for cell in notebook["cells"]:
        cell["metadata"]["vscode"] = {"languageId": "python"}
        if cell["cell_type"] == "code":
            cell["metadata"]["execution"] = {"iopub.execute_input": "2026-09-01T10:00:00.000Z"}
            for output in cell["outputs"]:
                if "metadata" in output:
                    output["metadata"]["needs_background"] = "light"


def repeated_counts(notebook: dict[str, Any]) -> None:
    """Raise the counts as if the whole notebook had been run before in the same session."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and cell["execution_count"]:
            cell["execution_count"] += 40
            for output in cell["outputs"]:
                if "execution_count" in output:
                    output["execution_count"] += 40


SVG = "%config InlineBackend.figure_formats = ['svg']"
BIKES_TWICE = Author(
    order=(
        "import altair", "by_hour = rides", "alt.Chart", "working = rides", "working = rides",
        "pivot = rides", "correlation", "correlation", "summary =",
    )
)  # fmt: skip

CASES = [
    Case(name="no_cell_ids", base="ledger", why="An older format without ids.", shape=without_ids),
    Case(
        name="foreign_kernelspec",
        base="bikes",
        why="The kernel has the author's name for it.",
        shape=foreign_kernel,
    ),
    Case(name="saved_by_vscode", base="forecast", why="Metadata of another editor.", shape=vscode),
    Case(
        name="counts_start_at_forty",
        base="iris_numpy",
        why="Run all for the fourth time.",
        shape=repeated_counts,
    ),
    Case(
        name="harmless_reruns",
        base="bikes",
        why="Cells without side effects were run twice, which leaves gaps in the counts.",
        author=BIKES_TWICE,
    ),
    Case(
        name="empty_cells_at_end",
        base="ledger",
        why="Empty cells that were never run.",
        then_add={"summary.json": "# %%\n\n# %%\n"},
    ),
    Case(
        name="comment_cell_not_run",
        base="wine",
        why="A cell of comments was never run.",
        then_add={
            "result = {": "# %% [markdown]\nNext steps\n# %% tags=skip-execution\nX.hist(figsize=(20, 20))"
        },
    ),
    Case(
        name="skip_execution_tag",
        base="churn",
        why="An expensive cell is tagged to be skipped.",
        then_add={
            "at_risk =": "# %% tags=skip-execution\nmodel.set_params(n_estimators=100_000).fit(X_train, y_train)"
        },
    ),
    Case(
        name="nondeterministic_tag",
        base="iris_numpy",
        why="A random peek is tagged as such.",
        add={"std = raw": "# %% tags=nondeterministic\nraw[np.random.choice(len(raw), 3)]"},
    ),
    Case(
        name="svg_plot",
        base="digits",
        why="A plot as SVG, whose ids are random and which has a date.",
        swap={"%matplotlib inline": "%matplotlib inline\n" + SVG},
        add={"purity = sum": "plt.figure(figsize=(3, 2))\nplt.plot(sorted(np.bincount(labels)));"},
    ),
    Case(
        name="retina_plot",
        base="digits",
        why="A plot at twice the resolution.",
        swap={
            "%matplotlib inline": "%matplotlib inline\n%config InlineBackend.figure_format = 'retina'"
        },
    ),
    Case(
        name="figure_saved_and_shown",
        base="churn",
        why="A figure is saved into the project and shown.",
        swap={"plt.tight_layout()": "plt.tight_layout()\nplt.savefig('importance.png', dpi=60)"},
    ),
    Case(
        name="figure_object_repr",
        base="diabetes",
        why="Axes and text objects shown with sizes and addresses.",
        swap={
            'ax.set_ylabel("residual");': 'ax.set_ylabel("residual")\nprint(fig)\nax.hist(residuals)[2]'
        },
    ),
    Case(
        name="styled_table_random_id",
        base="segments",
        why="A Styler's HTML has a random id.",
        add={
            "risky = profile[": "profile.style.highlight_max(color='gold').format(precision=2).set_caption('Segments')"
        },
    ),
    Case(
        name="estimator_html",
        base="wine",
        why="An estimator's HTML has a counter of the session in its ids.",
        add={
            "pipe.fit(X, y)": "from sklearn.svm import SVC\nfrom IPython.display import display\ndisplay(SVC(), make_pipeline(StandardScaler(), SVC(C=2)))"
        },
    ),
    Case(
        name="widget_slider",
        base="ledger",
        why="A widget has random model ids.",
        add={
            "revenue = sum(": "import ipywidgets as widgets\nwidgets.IntSlider(value=3, description='k')"
        },
    ),
    Case(
        name="interact_output",
        base="iris_numpy",
        why="interact() shows an output inside a widget.",
        add={
            "accuracy =": "from ipywidgets import interact\n@interact(k=(1, 5))\ndef show(k=2):\n    print('k', k)"
        },
    ),
    Case(
        name="altair_layers",
        base="bikes",
        why="A layered chart with its data inside.",
        add={
            "working = rides": "base = alt.Chart(by_hour.reset_index().head(8)).encode(x='hour:O')\n(base.mark_bar().encode(y='mean:Q') + base.mark_rule().encode(y='median:Q')).properties(width=200)"
        },
    ),
    Case(
        name="plotly_like_json",
        base="forecast",
        why="A figure as JSON MIME beside HTML with a random element id.",
        add={
            "pred = tree": "import uuid\nfrom IPython.display import display\nfig = {'data': [{'type': 'bar', 'y': [1, 2, 3]}], 'layout': {'title': 'naive'}}\ndisplay({'application/vnd.plotly.v1+json': fig, 'text/html': f'<div id=\"{uuid.uuid4()}\"></div>'}, raw=True)"
        },
    ),
    Case(
        name="latex_and_json",
        base="iris_numpy",
        why="Rich displays of several kinds.",
        add={
            "C = Z.T": "from IPython.display import Latex, JSON, HTML, display\ndisplay(Latex('$x^2$'), JSON({'a': [1, 2]}), HTML('<table><tr><td>1</td></tr></table>'))"
        },
    ),
    Case(
        name="float_noise",
        base="iris_numpy",
        why="The last digits of a sum depend on the order of a set.",
        add={
            "accuracy =": "words = {'w%d' % i: 1 / (i + 3) for i in range(50)}\nsum(words[w] for w in set(words)) + 1e6 * 0"
        },
    ),
    Case(
        name="path_from_cwd",
        base="forecast",
        why="An absolute path is built from the working directory.",
        swap={
            "# imports": "from pathlib import Path\nHERE = Path.cwd()",
            'pd.read_csv("data/bikes.csv")': 'pd.read_csv(HERE / "data" / "bikes.csv")',
        },
    ),
    Case(
        name="result_cache_written",
        base="wine",
        why="Results are written and never read.",
        add={
            "cv = cross": "import os\nos.makedirs('cache', exist_ok=True)\ncoefs = pipe.fit(X, y)[-1].coef_\npd.DataFrame(coefs).to_csv('cache/coefs.csv')\nos.path.getsize('cache/coefs.csv') > 100"
        },
    ),
    Case(
        name="cache_read_if_there",
        base="ledger",
        why="A cache is read if it is there, and holds the same.",
        add={
            "revenue = sum(": "cache = Path('total.json')\nif not cache.exists():\n    cache.write_text(json.dumps(round(revenue, 2)))\njson.loads(cache.read_text())"
        },
    ),
    Case(
        name="absolute_temp_folder",
        base="bikes",
        why="A scratch file is written below /tmp and read back.",
        add={
            "pivot = rides": "import os\nscratch = '/tmp/corpus-scratch-bikes.csv'\npivot.to_csv(scratch)\nback = pd.read_csv(scratch, index_col=0)\nos.remove(scratch)\nback.shape"
        },
    ),
    Case(
        name="writes_and_reads_back",
        cells="""
# %%
import csv
rows = list(csv.DictReader(open("data/iris.csv")))
len(rows), rows[0]["species"]
# %%
import json, os
os.makedirs("out", exist_ok=True)
json.dump(len(rows), open("out/n.json", "w"))
json.load(open("out/n.json"))
""",
        why="A small notebook that writes and reads back a result.",
        files={"data/iris.csv": "iris.csv"},
    ),
    Case(
        name="shell_line",
        base="ledger",
        why="A shell line counts the rows.",
        add={"customers[0]": "!wc -l telco.csv\nfiles = !ls *.csv\nfiles"},
    ),
    Case(
        name="raised_and_caught",
        base="diabetes",
        why="A traceback is shown by a tagged cell and another one is caught.",
        add={
            "residuals.describe": "import traceback\ntry:\n    1 / 0\nexcept ZeroDivisionError as error:\n    print(type(error).__name__, error)"
        },
    ),
    Case(
        name="file_times_not_shown",
        base="ledger",
        why="A file's age is read and compared.",
        add={
            "customers[0]": "import os, time\nage = time.time() - os.path.getmtime('telco.csv')\nage > -5"
        },
    ),
    Case(
        name="memory_usage_printed",
        base="bikes",
        why="The memory of the process is printed.",
        add={
            "working = rides": "import resource\nprint(f'memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB')"
        },
        noise=(r"memory \d+ MB",),
    ),
]
