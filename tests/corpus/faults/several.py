"""Two causes in one notebook."""

from __future__ import annotations

from tests.corpus.case import Author, Case
from tests.corpus.faults.files import fewer_rows
from tests.corpus.faults.world import WEEKS_AGO

CASES = [
    Case(
        name="random_and_hash",
        base="ledger",
        kinds=("unseeded_random", "hash_order"),
        why="A random sample early, a set of words late.",
        add={
            "customers[0]": "import random\nrandom.sample([c.charge for c in customers], 3)",
            "revenue = sum(": "list({c.payment + c.contract for c in customers})[:3]",
        },
        at=("random.sample", "list({c.payment"),
    ),
    Case(
        name="date_and_random",
        base="bikes",
        kinds=("clock", "unseeded_random"),
        why="Today's date, and a sample without a seed.",
        author=WEEKS_AGO,
        add={
            "rides.shape": "import datetime\nprint(datetime.date.today().isoformat())",
            "pivot = rides": "rides['bikers'].sample(100).mean().round(2)",
        },
        at=("date.today()", ".sample(100)"),
    ),
    Case(
        name="changed_and_edited",
        base="ledger",
        kinds=("changed_data", "edited_after_run"),
        why="The table has fewer rows, and a formula was edited too.",
        then_files={"telco.csv": fewer_rows},
        then_swap={"round(left / n, 3)": "round(left / n, 2)"},
        at=('Path("telco.csv").open()', "round(left / n, 2)"),
    ),
    Case(
        name="console_name_and_missing_file",
        base="forecast",
        kinds=("undefined_name", "missing_data"),
        also=("deleted_cell",),
        why="A name of the console's early, a file that is gone late.",
        author=Author(startup="SHARE = .8"),
        files={"holidays.json": "[1, 17]"},
        swap={"* .8)": "* SHARE)"},
        add={"nlargest(5": "import json\nte['day'].isin(json.load(open('holidays.json'))).sum()"},
        then_files={"holidays.json": None},
        at=("* SHARE)", "holidays.json"),
    ),
    Case(
        name="module_and_absolute",
        base="iris_numpy",
        kinds=("missing_module", "absolute_path"),
        why="A module that is not installed, and a path of the author's.",
        author=Author(modules={"tqdm_lite.py": "def tqdm(x):\n    return x\n"}),
        files={"OUTSIDE/weights.txt": "1 1 2 2\n"},
        add={
            "import numpy": "from tqdm_lite import tqdm",
            "std = raw": "weights = np.loadtxt('{OUTSIDE}/weights.txt')\nweights",
        },
        at=("from tqdm_lite", "weights = np.loadtxt"),
    ),
    Case(
        name="order_and_random",
        base="bikes",
        kinds=("out_of_order", "unseeded_random"),
        why="A cell run twice, and a bootstrap without a seed.",
        add={
            "rides.shape": "rides['bikers'] = rides['bikers'] * 2",
            "pivot = rides": "import numpy as np\nnp.mean(np.random.choice(rides['temp'], 400)).round(4)",
        },
        author=Author(
            order=(
                "import altair",
                "* 2",
                "* 2",
                "by_hour = rides",
                "alt.Chart",
                "working = rides",
                "pivot = rides",
                "np.random.choice",
                "correlation",
                "summary =",
            )
        ),
        at=("rides['bikers'] * 2", "np.random.choice"),
    ),
]
