"""What must be refused with a reason, or be right: writes by name, questions, chance, failures."""

from __future__ import annotations

from tests.pipelines.case import Case, Refuse

CASES = [
    Case(
        name="exec_writes_names",
        construct="exec",
        why="exec binds names that no reading of the cells shows.",
        expect="either",
        refuse=Refuse(("exec(",), ("exec",)),
        cells="""
# %%
for k in range(3):
    exec(f"col_{k} = {k} * 10")
# %%
total = col_0 + col_1 + col_2
""",
        exports=("col_0", "col_1", "col_2", "total"),
    ),
    Case(
        name="globals_written",
        construct="globals()",
        why="globals() is written by computed names, and read back.",
        expect="either",
        refuse=Refuse(("globals()[f",), ("globals",)),
        cells="""
# %%
import pandas as pd
# %%
for region in ("north", "south"):
    globals()[f"df_{region}"] = pd.DataFrame({"r": [region]})
# %%
both = pd.concat([df_north, df_south])
names = [n for n in list(globals()) if n.startswith("df_")]
""",
        exports=("region", "both", "names"),
    ),
    Case(
        name="eval_reads_names",
        construct="eval",
        why="eval reads a variable whose name is computed.",
        expect="either",
        refuse=Refuse(("scores = {n: eval", "best = max"), ("eval",)),
        cells="""
# %%
model_a, model_b = 3, 5
# %%
scores = {n: eval(f"model_{n}") for n in "ab"}
# %%
model_a = 100
best = max("ab", key=lambda n: eval("model_" + n))
""",
        exports=("scores", "best"),
    ),
    Case(
        name="setattr_on_main",
        construct="globals()",
        why="The notebook writes into its own module.",
        expect="either",
        refuse=Refuse(("setattr(",), ("__main__", "setattr", "main")),
        cells="""
# %%
import sys
main = sys.modules["__main__"]
# %%
setattr(main, "hidden", 41)
# %%
answer = hidden + 1
""",
        exports=("answer",),
    ),
    Case(
        name="user_ns_written",
        construct="get_ipython()",
        why="Names come through the shell's own namespace, and a cell is run by code.",
        expect="either",
        refuse=Refuse(("user_ns", "run_cell"), ("get_ipython", "shell", "user_ns", "run_cell")),
        cells="""
# %%
get_ipython().user_ns["pushed"] = 5
# %%
get_ipython().run_cell("ran = pushed * 2")
# %%
total = pushed + ran
""",
        exports=("total",),
    ),
    Case(
        name="run_magic_binds",
        construct="%run",
        why="%run brings every name of a script into the notebook.",
        expect="either",
        refuse=Refuse(("%run",), ("%run", "run", "prep")),
        files={"prep.py": "rate = 0.3\n\n\ndef net(x):\n    return x * (1 - rate)\n"},
        cells="""
# %%
%run prep.py
# %%
value = net(100)
rate = rate * 2
# %%
after = net(100)
""",
        exports=("value", "rate", "after"),
    ),
    Case(
        name="input_asked",
        construct="input()",
        why="Somebody is asked for a number.",
        expect="refuse",
        unstable=True,
        refuse=Refuse(("input(",), ("input", "ask", "interactive")),
        cells="""
# %%
base = 10
# %%
factor = int(input("Factor? "))
# %%
product = base * factor
""",
    ),
    Case(
        name="getpass_asked",
        construct="input()",
        why="A password is asked for.",
        expect="refuse",
        unstable=True,
        refuse=Refuse(("getpass()",), ("getpass", "input", "interactive", "EOF", "Stdin")),
        cells="""
# %%
from getpass import getpass
# %%
secret = getpass()
# %%
n = len(secret)
""",
    ),
    Case(
        name="unseeded_model",
        construct="not deterministic",
        why="A forest without seed: two runs of the notebook itself differ.",
        expect="refuse",
        unstable=True,
        refuse=Refuse(("RandomForestClassifier(n",), ("random", "seed", "differ", "determin")),
        cells="""
# %%
from sklearn.datasets import load_wine
from sklearn.ensemble import RandomForestClassifier
# %%
X, y = load_wine(return_X_y=True)
# %%
forest = RandomForestClassifier(n_estimators=7).fit(X, y)
# %%
importances = forest.feature_importances_
""",
    ),
    Case(
        name="unseeded_draw",
        construct="not deterministic",
        why="A fresh generator without a seed decides who is drawn.",
        expect="refuse",
        unstable=True,
        refuse=Refuse(("default_rng()",), ("random", "seed", "differ", "determin")),
        cells="""
# %%
import numpy as np
people = ["ada", "bob", "cyd", "dan"] * 50
# %%
rng = np.random.default_rng()
order = rng.permutation(200)
# %%
winners = [people[k] for k in order[:3]]
""",
    ),
    Case(
        name="clock_in_result",
        construct="not deterministic",
        why="The time of day goes into a number that counts.",
        expect="refuse",
        unstable=True,
        refuse=Refuse(("time.time()",), ("clock", "time", "differ", "determin")),
        cells="""
# %%
import time
# %%
seed = time.time()
# %%
score = (seed * 1000) % 97
""",
    ),
    Case(
        name="hash_order",
        construct="not deterministic",
        why="The order of a set of strings decides the columns.",
        expect="refuse",
        unstable=True,
        refuse=Refuse(("list(set(",), ("hash", "set", "order", "differ", "determin")),
        cells="""
# %%
words = ["pear", "fig", "apple", "plum", "kiwi", "lime", "date", "nut"]
# %%
columns = list(set(words))
# %%
weights = {c: k for k, c in enumerate(columns)}
""",
    ),
    Case(
        name="cell_fails",
        construct="fails",
        why="A cell raises: there is nothing to be equal to.",
        expect="refuse",
        unstable=True,
        refuse=Refuse(("undefined_thing",), ("undefined_thing", "NameError", "fail", "error")),
        cells="""
# %%
data = [1, 2, 3]
# %%
total = sum(data) + undefined_thing
# %%
mean = total / 3
""",
    ),
    Case(
        name="syntax_error",
        construct="fails",
        why="A cell is no Python.",
        expect="refuse",
        unstable=True,
        refuse=Refuse(("def broken(",), ("syntax", "parse", "python", "SyntaxError")),
        cells="""
# %%
x = 1
# %%
def broken(:
    return x
# %%
y = x + 1
""",
    ),
    Case(
        name="file_is_missing",
        construct="fails",
        why="The data are not there.",
        expect="refuse",
        unstable=True,
        refuse=Refuse(("nowhere.csv",), ("nowhere.csv", "FileNotFound", "no such file")),
        cells="""
# %%
import pandas as pd
# %%
df = pd.read_csv("nowhere.csv")
# %%
n = len(df)
""",
    ),
    Case(
        name="exit_in_the_middle",
        construct="fails",
        why="A cell leaves the interpreter when all is well.",
        expect="refuse",
        unstable=True,
        refuse=Refuse(("sys.exit",), ("exit", "SystemExit")),
        cells="""
# %%
import sys
x = 1
# %%
if x:
    sys.exit(0)
# %%
y = 2
""",
    ),
]
