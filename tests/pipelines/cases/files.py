"""Files written in one cell and read in another, and the folder itself as state."""

from __future__ import annotations

from tests.pipelines.case import Case, Mutation

CASES = [
    Case(
        name="csv_written_and_read",
        construct="files",
        why="The table goes through a file between two headings; nothing else connects them.",
        files={"in.csv": "k,v\na,1\nb,2\na,5\n"},
        cells="""
# %%
import pandas as pd
# %% [markdown]
## Prepare
# %%
raw = pd.read_csv("in.csv")
raw["v"] *= 10
raw.to_csv("clean.csv", index=False)
# %% [markdown]
## Use
# %%
clean = pd.read_csv("clean.csv")
per_key = clean.groupby("k")["v"].sum().to_dict()
""",
        exports=("raw", "clean", "per_key"),
        mutation=Mutation('raw["v"] *= 10', 'raw["v"] *= 100', "constant"),
    ),
    Case(
        name="folder_of_the_notebook",
        construct="files",
        why="Paths are made from the folder that the notebook lies in, which is another elsewhere.",
        files={"data/in.csv": "k,v\na,1\nb,2\n"},
        cells="""
# %%
import os
from pathlib import Path
import pandas as pd
HERE = Path.cwd()
DATA = os.path.join(os.getcwd(), "data")
# %%
files = sorted(HERE.glob("data/*.csv"))
table = pd.concat([pd.read_csv(file) for file in files])
# %%
again = pd.read_csv(os.path.join(DATA, "in.csv"))
total = int(table["v"].sum() + again["v"].sum())
""",
        exports=("table", "again", "total"),
    ),
    Case(
        name="json_and_pickle",
        construct="files",
        why="JSON, pickle and joblib files made by one cell and loaded by another.",
        cells="""
# %%
import json
import pickle
from pathlib import Path

import joblib
from sklearn.linear_model import LinearRegression
# %%
out = Path("out")
out.mkdir(exist_ok=True)
config = {"alpha": 0.5, "names": ["a", "b"]}
(out / "config.json").write_text(json.dumps(config))
# %%
model = LinearRegression().fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0])
joblib.dump(model, out / "model.joblib")
with open("out/data.pkl", "wb") as f:
    pickle.dump({"x": [1, 2]}, f)
# %%
loaded = json.loads((out / "config.json").read_text())
again = joblib.load("out/model.joblib")
# %%
with open(out / "data.pkl", "rb") as f:
    data = pickle.load(f)
answer = float(again.predict([[10.0]])[0]) * loaded["alpha"]
listing = sorted(p.name for p in out.iterdir())
""",
        exports=("config", "model", "loaded", "again", "data", "answer", "listing"),
    ),
    Case(
        name="sqlite_file",
        construct="files",
        why="A database file; every cell opens and closes its own connection.",
        cells="""
# %%
import sqlite3
# %%
with sqlite3.connect("shop.db") as db:
    db.execute("create table sales (item text, n integer)")
    db.executemany("insert into sales values (?, ?)", [("pen", 3), ("ink", 5)])
db.close()
# %%
with sqlite3.connect("shop.db") as db:
    db.execute("update sales set n = n + 1 where item = 'pen'")
db.close()
# %%
db = sqlite3.connect("shop.db")
rows = db.execute("select item, n from sales order by item").fetchall()
db.close()
# %%
total = sum(n for _, n in rows)
""",
        exports=("rows", "total"),
    ),
    Case(
        name="npz_and_text",
        construct="files",
        why="npz, npy and a text file that two cells append to.",
        cells="""
# %%
import numpy as np
x = np.linspace(0, 1, 5)
np.savez("arrays.npz", x=x, y=x ** 2)
with open("log.txt", "w") as log:
    log.write("saved\\n")
# %%
with np.load("arrays.npz") as archive:
    y = archive["y"]
with open("log.txt", "a") as log:
    print("loaded", file=log)
# %%
np.save("sum.npy", x + y)
# %%
total = np.load("sum.npy").sum()
lines = open("log.txt").read().split()
""",
        exports=("x", "y", "total", "lines"),
    ),
    Case(
        name="change_directory",
        construct="working directory",
        why="os.chdir and %cd move the notebook; relative paths follow.",
        files={"data/a.txt": "one", "data/deep/b.txt": "two"},
        cells="""
# %%
import os
# %%
os.chdir("data")
a = open("a.txt").read()
# %%
%cd deep
# %%
b = open("b.txt").read()
os.chdir("../..")
# %%
here = sorted(os.listdir("data"))
both = a + b
""",
        expect="either",
        exports=("a", "b", "here", "both"),
    ),
    Case(
        name="file_overwritten",
        construct="files",
        why="A cell reads a file, a later one writes it anew, a third reads it again.",
        files={"state.json": '{"round": 1}'},
        cells="""
# %%
import json
from pathlib import Path

state = Path("state.json")
# %%
before = json.loads(state.read_text())
# %%
state.write_text(json.dumps({"round": before["round"] + 1}))
# %%
after = json.loads(state.read_text())
# %%
rounds = [before["round"], after["round"]]
""",
        expect="either",
        exports=("before", "after", "rounds"),
    ),
    Case(
        name="glob_of_files",
        construct="files",
        why="Many small files are found by pattern, read, joined, and removed again.",
        files={f"parts/p{n}.csv": f"id,v\n{n},{n * n}\n" for n in range(4)},
        cells="""
# %%
import glob
import os
import shutil
import pandas as pd
# %%
paths = sorted(glob.glob("parts/*.csv"))
frames = [pd.read_csv(p).assign(source=os.path.basename(p)) for p in paths]
# %%
joined = pd.concat(frames, ignore_index=True)
shutil.rmtree("parts")
# %%
left = glob.glob("parts/*.csv")
biggest = joined.nlargest(2, "v")
""",
        expect="either",
        exports=("paths", "frames", "joined", "left", "biggest"),
    ),
    Case(
        name="parquet_between_steps",
        construct="files",
        why="Named steps hand a table over by parquet, with a path from the parameters.",
        cells="""
# %%
import pandas as pd
# %% tags=parameters
target = "features.parquet"
n = 6
# %% tags=step:write
table = pd.DataFrame({"i": range(n), "even": [k % 2 == 0 for k in range(n)]})
table.to_parquet(target)
# %% tags=step:read
read = pd.read_parquet(target)
odd = read[~read["even"]]
""",
        exports=("table", "read", "odd"),
    ),
]
