"""Steps that the author named, headings, and parameters."""

from __future__ import annotations

from tests.pipelines.case import Case, Facts, Mutation

CASES = [
    Case(
        name="step_magic_cells",
        construct="%%step",
        why="Every cell of work is named by %%step; imports stand before them, unnamed.",
        cells="""
# %% [markdown]
# House prices, in three steps
# %%
%load_ext nbext
import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
# %% [markdown]
Make a table of 200 houses.
# %%
%%step load
rng = np.random.default_rng(3)
houses = pd.DataFrame({"area": rng.uniform(40, 200, 200).round(1), "rooms": rng.integers(1, 7, 200)})
houses["price"] = 2000 * houses["area"] + 9000 * houses["rooms"] + rng.normal(0, 5000, 200)
# %%
%%step features
houses["area_per_room"] = houses["area"] / houses["rooms"]
X, y = houses[["area", "rooms", "area_per_room"]], houses["price"]
# %%
%%step train
model = Ridge(alpha=1.0).fit(X, y)
r2 = model.score(X, y)
print(f"R2 {r2:.3f}")
""",
        exports=("houses", "X", "y", "model", "r2"),
        facts=Facts(
            steps=(3, 3),
            named=("load", "features", "train"),
            takes={"Ridge(alpha": ("X", "y"), "area_per_room": ("houses",)},
            gives={"Ridge(alpha": ("model", "r2")},
        ),
        mutation=Mutation("Ridge(alpha=1.0)", "Ridge(alpha=50.0)", "hyper-parameter"),
    ),
    Case(
        name="step_tags",
        construct="step tags",
        why="Cells carry step:NAME tags, two of them the same name, beside untagged cells.",
        cells="""
# %%
import pandas as pd
# %% tags=step:read
orders = pd.DataFrame({"customer": [1, 1, 2, 3, 3, 3], "amount": [10.0, 20.0, 5.0, 7.5, 8.0, 1.0]})
# %% tags=step:read
orders["vat"] = orders["amount"] * 0.2
# %%
orders.describe()
# %% tags=step:aggregate
per_customer = orders.groupby("customer")[["amount", "vat"]].sum()
# %% tags=step:rank
ranked = per_customer.sort_values("amount", ascending=False)
best = int(ranked.index[0])
""",
        exports=("orders", "per_customer", "ranked", "best"),
        facts=Facts(
            named=("read", "aggregate", "rank"),
            together=(("orders = pd", '["vat"]'),),
            takes={"per_customer =": ("orders",), "ranked =": ("per_customer",)},
        ),
        mutation=Mutation("ascending=False", "ascending=True", "constant"),
    ),
    Case(
        name="step_tags_odd_names",
        construct="step tags",
        why="Names of steps that are no identifiers, are keywords, or begin with a digit.",
        cells="""
# %% tags=step:1st load
values = [3, 1, 2]
# %% tags=step:train/test-split
train, test = values[:2], values[2:]
# %% tags=step:class
label = "up" if train[0] > train[1] else "down"
# %% tags=hide-input,step:größe
size = len(train) + len(test)
""",
        exports=("values", "train", "test", "label", "size"),
        facts=Facts(steps=(4, 4)),
    ),
    Case(
        name="step_tag_returns_later",
        construct="step tags",
        why="A step's name comes again after another step that needs the first part.",
        cells="""
# %% tags=step:prepare
base = [1.0, 2.0, 4.0]
# %% tags=step:model
factor = sum(base) / len(base)
# %% tags=step:prepare
scaled = [value / factor for value in base]
# %% tags=step:model
error = max(scaled) - min(scaled)
""",
        expect="either",
        exports=("base", "factor", "scaled", "error"),
    ),
    Case(
        name="step_magic_mixed_with_plain_cells",
        construct="%%step",
        why="Only some cells are named; those between belong somewhere by their data flow.",
        cells="""
# %%
import numpy as np

grid = np.linspace(0, 1, 11)
# %%
%%step curve
values = grid ** 2
# %%
# an unnamed cell between named ones
shifted = values - values.mean()
# %%
%%step summarise
area = float(values.sum() * (grid[1] - grid[0]))
spread = float(shifted.std())
# %%
report = {"area": area, "spread": spread}
report
""",
        exports=("grid", "values", "shifted", "area", "spread", "report"),
        facts=Facts(named=("curve", "summarise")),
    ),
    Case(
        name="step_name_is_a_variable",
        construct="%%step",
        why="Steps are called like the variables, functions and modules they use.",
        cells="""
# %%
import random
# %%
%%step random
random.seed(4)
numbers = [random.randint(1, 6) for _ in range(20)]
# %%
%%step total
total = sum(numbers)
# %%
%%step run
run = total / len(numbers)
# %%
%%step list
list_of_faces = sorted(set(numbers))
""",
        exports=("numbers", "total", "run", "list_of_faces"),
        facts=Facts(steps=(4, 4)),
    ),
    Case(
        name="headings_as_steps",
        construct="headings",
        why="No names at all: headings with text below give the steps and their docstrings.",
        cells='''
# %% [markdown]
# Sales of the week
# %%
import pandas as pd
# %% [markdown]
## Load the data

Seven days, two shops. "Quotes" and a back\\slash and """three quotes""" in the text.
# %%
sales = pd.DataFrame({"day": range(7), "north": [3, 4, 2, 5, 9, 12, 8], "south": [1, 2, 2, 3, 5, 9, 9]})
# %% [markdown]
## Clean & transform
# %%
long = sales.melt(id_vars="day", var_name="shop", value_name="sold")
long["weekend"] = long["day"] >= 5
# %% [markdown]
### a smaller heading
# %%
weekend = long[long["weekend"]]
# %% [markdown]
## 3. Summarise!
# %%
totals = long.groupby("shop")["sold"].sum()
share = weekend["sold"].sum() / long["sold"].sum()
''',
        exports=("sales", "long", "weekend", "totals", "share"),
        facts=Facts(steps=(2, 5)),
        mutation=Mutation('long["day"] >= 5', 'long["day"] >= 4', "filter"),
    ),
    Case(
        name="headings_repeat_and_are_empty",
        construct="headings",
        why="The same heading twice, a heading with only signs, a heading with nothing below.",
        cells="""
# %% [markdown]
# ---
## Model
# %%
xs = [1, 2, 3, 4]
# %% [markdown]
## Model
# %%
slope = (xs[-1] - xs[0]) / 3
# %% [markdown]
## ???
# %%
doubled = [slope * x for x in xs]
# %% [markdown]
## Conclusions
""",
        exports=("xs", "slope", "doubled"),
    ),
    Case(
        name="parameters_cell",
        construct="parameters",
        why="A parameters cell with types of all kinds, one of them unused.",
        cells="""
# %%
import pandas as pd
# %% tags=parameters
rows = 50
share = 0.2
label = "north"
verbose = False
columns = ["a", "b"]
limit = None  # no limit
options = {"depth": 3}
unused: int = 5
# %%
frame = pd.DataFrame({name: range(rows) for name in columns})
frame["label"] = label
# %%
head = frame.head(int(rows * share))
if verbose:
    print(head)
depth = options["depth"] if limit is None else limit
""",
        exports=("frame", "head", "depth"),
        facts=Facts(parameters=("rows", "share", "label", "columns", "limit", "options")),
        mutation=Mutation("share = 0.2", "share = 0.3", "constant"),
    ),
    Case(
        name="parameters_changed_later",
        construct="parameters",
        why="A parameter is assigned again and a list parameter is changed in place.",
        cells="""
# %% tags=parameters
n = 4
names = ["a", "b"]
# %%
n = n * 2
names.append("c")
# %%
table = {name: n for name in names}
# %%
n += 1
last = (n, names[-1])
""",
        exports=("table", "last"),
        facts=Facts(parameters=("n", "names")),
    ),
    Case(
        name="parameters_computed",
        construct="parameters",
        why="The parameters cell computes one from another and imports.",
        cells="""
# %% tags=parameters
from datetime import date

start = date(2024, 1, 1)
days = 10
window = days // 2
# %%
from datetime import timedelta

dates = [start + timedelta(days=k) for k in range(days)]
# %%
recent = dates[-window:]
""",
        exports=("dates", "recent"),
        facts=Facts(parameters=("days",)),
    ),
    Case(
        name="independent_branches",
        construct="data flow",
        why="Two models on one table: the steps of one do not need those of the other.",
        cells="""
# %%
import pandas as pd
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
# %% [markdown]
## Data
# %%
wine = load_wine(as_frame=True)
X, y = wine.data, wine.target
# %% [markdown]
## Logistic regression
# %%
logistic = LogisticRegression(max_iter=3000, C=0.5).fit(X, y)
logistic_score = logistic.score(X, y)
# %% [markdown]
## Nearest neighbours
# %%
neighbours = KNeighborsClassifier(n_neighbors=5).fit(X, y)
neighbours_score = neighbours.score(X, y)
# %% [markdown]
## Comparison
# %%
scores = pd.Series({"logistic": logistic_score, "neighbours": neighbours_score})
""",
        exports=("X", "y", "logistic", "neighbours", "scores"),
        facts=Facts(
            steps=(4, 5),
            apart=(("LogisticRegression(max", "KNeighborsClassifier(n"),),
            takes={"pd.Series(": ("logistic_score", "neighbours_score")},
        ),
        mutation=Mutation("n_neighbors=5", "n_neighbors=9", "hyper-parameter"),
    ),
]
