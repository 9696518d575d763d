"""Paths that only the author has, and files that the notebook itself rewrites."""

from __future__ import annotations

from tests.corpus.case import Case

ABSOLUTE = ("absolute_path",)
SELF = ("self_modifying_input",)

CASES = [
    Case(
        name="own_folder_absolute",
        base="churn",
        kinds=ABSOLUTE,
        also=("missing_data",),
        why="The path is that of the author's project, which is gone.",
        swap={'"data/telco.csv"': '"{HERE}/data/telco.csv"'},
        at=("/data/telco.csv",),
    ),
    Case(
        name="own_folder_absolute_still_there",
        base="bikes",
        kinds=ABSOLUTE,
        why="The path is absolute and works on this machine only.",
        swap={'"bikes.csv"': '"{HERE}/bikes.csv"'},
        there=True,
        at=("/bikes.csv",),
    ),
    Case(
        name="shared_drive",
        base="ledger",
        kinds=ABSOLUTE,
        also=("missing_data",),
        why="A second table lies on a drive of the author's.",
        files={"OUTSIDE/tariffs.json": '{"One year": 0.9, "Two year": 0.8}'},
        add={
            "payments = Counter": "tariffs = json.loads(Path('{OUTSIDE}/tariffs.json').read_text())\ntariffs"
        },
        at=("tariffs = json",),
    ),
    Case(
        name="outside_file_still_there",
        base="iris_numpy",
        kinds=ABSOLUTE,
        why="A file outside the project is read by its absolute path and is there.",
        files={"OUTSIDE/factors.txt": "1 2 3 4\n"},
        there=True,
        add={"std = raw": "factors = np.loadtxt('{OUTSIDE}/factors.txt')\nfactors"},
        at=("np.loadtxt('",),
    ),
    Case(
        name="root_in_variable",
        base="forecast",
        kinds=ABSOLUTE,
        also=("missing_data",),
        why="The folder stands in a constant of the first cell and is joined later.",
        swap={
            "# imports": "import os\nROOT = '{HERE}'",
            'pd.read_csv("data/bikes.csv")': 'pd.read_csv(os.path.join(ROOT, "data", "bikes.csv"))',
        },
        at=("ROOT = '", "os.path.join(ROOT"),
    ),
    Case(
        name="chdir_to_home",
        base="wine",
        kinds=ABSOLUTE,
        also=("missing_data",),
        why="The first thing the notebook does is to go to the author's folder.",
        swap={"con = sqlite3.connect": 'import os\nos.chdir("{HERE}")\ncon = sqlite3.connect'},
        at=("os.chdir",),
    ),
    Case(
        name="sys_path_of_author",
        base="cancer",
        kinds=ABSOLUTE,
        also=("missing_module", "missing_data"),
        why="The module is found through an absolute entry of sys.path.",
        files={
            "OUTSIDE/lib/tumours.py": "def share(frame):\n    return round(float(frame['benign'].mean()), 4)\n"
        },
        add={
            "train, test = prep": "import sys\nsys.path.append('{OUTSIDE}/lib')\nimport tumours\ntumours.share(train)"
        },
        at=("sys.path.append",),
    ),
    Case(
        name="table_rewritten",
        base="ledger",
        kinds=SELF,
        why="The notebook reads a table, raises the numbers and writes it back.",
        files={"stock.csv": "item,n\na,10\nb,20\n"},
        add={
            "payments = Counter": """
rows = [line.split(",") for line in Path("stock.csv").read_text().split()]
for row in rows[1:]:
    row[1] = str(int(row[1]) + 5)
Path("stock.csv").write_text("\\n".join(",".join(r) for r in rows) + "\\n")
rows
"""
        },
        at=('Path("stock.csv")',),
    ),
    Case(
        name="history_appended",
        base="bikes",
        kinds=SELF,
        why="Each run appends its result to the history that it then shows.",
        files={"history.csv": "run,mean\n1,77.1\n2,77.4\n"},
        add={
            "pivot = rides": """
history = pd.read_csv("history.csv")
history.loc[len(history)] = [len(history) + 1, round(rides["bikers"].mean(), 2)]
history.to_csv("history.csv", index=False)
history
"""
        },
        at=("history.to_csv",),
    ),
    Case(
        name="run_counter",
        base="iris_numpy",
        kinds=SELF,
        why="A counter file numbers the runs; it is read early and written at the end.",
        files={"counter.txt": "17"},
        add={
            "raw.shape": "run = int(open('counter.txt').read())\nprint('run', run)",
            "accuracy = ": "with open('counter.txt', 'w') as f:\n    f.write(str(run + 1))",
        },
        at=("f.write(str(run", "run = int(open"),
    ),
    Case(
        name="database_written",
        base="wine",
        kinds=SELF,
        why="The notebook inserts its scores into the database that it counts.",
        add={
            "cv = cross": """
con = sqlite3.connect("wine.db")
con.execute("create table if not exists runs (score real)")
con.execute("insert into runs values (?)", (float(cv.mean()),))
con.commit()
n_runs = con.execute("select count(*) from runs").fetchone()[0]
con.close()
n_runs
"""
        },
        at=("insert into runs",),
    ),
    Case(
        name="config_bumped",
        base="diabetes",
        kinds=SELF,
        why="The seed in the configuration is raised for the next run.",
        add={
            "residuals.describe": "config['seed'] += 1\nwith open('config.json', 'w') as handle:\n    json.dump(config, handle)"
        },
        at=("json.dump(config",),
    ),
    Case(
        name="cleaned_in_place",
        base="segments",
        kinds=SELF,
        why="Outliers are cut and the table is saved over the original.",
        add={
            "profile = customers": "kept = customers[customers['total_charges'] < customers['total_charges'].quantile(0.95)]\nkept.drop(columns='segment').to_csv('../data/telco.csv', index=False)\nlen(kept)"
        },
        at=("kept.drop",),
    ),
]
