"""Changes in place at a distance: aliases, containers, views, columns, `inplace=True`."""

from __future__ import annotations

from tests.pipelines.case import Case, Facts, Mutation

CASES = [
    Case(
        name="alias_of_a_list",
        construct="aliasing",
        why="Two names for one list; each is changed in another cell.",
        cells="""
# %%
a = [3, 1, 2]
b = a
# %%
b.append(0)
# %%
length = len(a)
a.sort()
# %%
first = b[0]
c = b[:]
c.clear()
""",
        exports=("a", "b", "c", "length", "first"),
    ),
    Case(
        name="alias_trap_two_models",
        construct="Kale: aliasing",
        why="a = b = M(): the trap that Kale documents; fitting one fits the other.",
        cells="""
# %%
import numpy as np
from sklearn.linear_model import LinearRegression

X = np.arange(10.0).reshape(-1, 1)
y = 3 * X.ravel() + 1
# %% [markdown]
## Make
# %%
a = b = LinearRegression()
# %% [markdown]
## Fit one
# %%
a.fit(X, y)
# %% [markdown]
## Use the other
# %%
predicted = b.predict([[20.0]])
# %% [markdown]
## Refit
# %%
b.fit(X, -y)
slope = float(a.coef_[0])
""",
        exports=("X", "y", "a", "b", "predicted", "slope"),
    ),
    Case(
        name="mutated_global_trap",
        construct="Kale: global state",
        why="The other trap of Kale: a step changes a global that a function of another step reads.",
        cells="""
# %%
settings = {"scale": 1}

def scaled(x):
    return x * settings["scale"]
# %% [markdown]
## First
# %%
first = scaled(10)
# %% [markdown]
## Change
# %%
settings["scale"] = 5
# %% [markdown]
## Second
# %%
second = scaled(10)
total = first + second
""",
        exports=("settings", "first", "second", "total"),
    ),
    Case(
        name="through_a_container",
        construct="mutation at a distance",
        why="A list inside a dict inside a list is changed through the outermost.",
        cells="""
# %%
inner = [1]
config = {"stages": inner, "deep": {"more": [inner]}}
world = [config]
# %%
world[0]["stages"].append(2)
# %%
size = len(inner)
# %%
config["deep"]["more"][0] += [3]
inner_sum = sum(inner)
# %%
config["stages"] = []
state = (inner, size, inner_sum)
""",
        exports=("inner", "config", "world", "size", "inner_sum", "state"),
    ),
    Case(
        name="view_of_an_array",
        construct="mutation at a distance",
        why="A slice, a reshape and a transpose are views: writing through them writes the array.",
        cells="""
# %%
import numpy as np
base = np.zeros((4, 4))
# %%
row = base[1]
flat = base.reshape(-1)
copy = base[2].copy()
# %%
row[:] = 5
copy[:] = 9
# %%
flat[0] = -1
np.fill_diagonal(base.T, 7)
# %%
total = base.sum()
np.add(base, 1, out=base)
# %%
end = row.sum() + flat[-1]
""",
        exports=("base", "row", "flat", "copy", "total", "end"),
    ),
    Case(
        name="out_argument",
        construct="mutation at a distance",
        why="out=, shuffle, put and setflags change arrays through a function of numpy.",
        cells="""
# %%
import numpy as np
source = np.array([3.0, 1.0, 2.0, 9.0])
target = np.empty(4)
# %%
np.sqrt(source, out=target)
# %%
np.put(source, [0], 100.0)
np.clip(target, 0, 2, out=target)
# %%
np.random.default_rng(1).shuffle(source)
order = source.argsort()
# %%
source.sort()
source.resize(2)
pair = tuple(source)
""",
        expect="either",
        exports=("source", "target", "order", "pair"),
    ),
    Case(
        name="frame_column_assigned",
        construct="frame columns",
        why="Columns are added by item, loc, insert, pop and attribute, each in another cell.",
        cells="""
# %%
import pandas as pd
df = pd.DataFrame({"a": [1, 2, 3], "b": [4.0, None, 6.0], "c": ["x", "y", "x"]})
# %%
df["d"] = df["a"] * 2
# %%
df.loc[df["b"].isna(), "b"] = df["b"].mean()
# %%
df.insert(0, "z", range(3))
gone = df.pop("c")
# %%
df.a = df.a + 100
df.iloc[0, 1] = -1
df.at[2, "d"] = 0
# %%
df.columns = [c.upper() for c in df.columns]
df.index = gone
shape = df.shape
""",
        exports=("df", "gone", "shape"),
        mutation=Mutation('df["a"] * 2', 'df["a"] * 3', "column"),
    ),
    Case(
        name="inplace_true",
        construct="inplace",
        why="dropna, sort_values, rename, reset_index and fillna with inplace=True.",
        cells="""
# %%
import pandas as pd
df = pd.DataFrame({"k": ["b", "a", None, "c"], "v": [2, 1, 5, None]})
other = df
# %%
df.dropna(subset=["k"], inplace=True)
# %%
df.sort_values("k", inplace=True)
df.reset_index(drop=True, inplace=True)
# %%
df.fillna({"v": 0}, inplace=True)
df.rename(columns={"v": "value"}, inplace=True)
# %%
same = other is df
rows = len(other)
""",
        exports=("df", "other", "same", "rows"),
        facts=Facts(gives={"df.dropna(": ("df",)}),
    ),
    Case(
        name="list_of_frames",
        construct="mutation at a distance",
        why="Frames in a list are changed in a loop; the names of the frames see it.",
        cells="""
# %%
import pandas as pd
train = pd.DataFrame({"Age": [1, None, 3], "Fare": [7, 8, 9]})
test = pd.DataFrame({"Age": [None, 5], "Fare": [1, 2]})
# %%
full = [train, test]
for data in full:
    data["Age"] = data["Age"].fillna(train["Age"].median())
# %%
for data in full:
    data["Band"] = (data["Age"] > 2).astype(int)
    data.drop(columns="Fare", inplace=True)
# %%
bands = train["Band"].sum() + test["Band"].sum()
columns = list(test)
""",
        exports=("train", "test", "full", "data", "bands", "columns"),
        mutation=Mutation('data["Age"] > 2', 'data["Age"] > 4', "filter"),
    ),
    Case(
        name="method_changes_hidden_state",
        construct="mutation at a distance",
        why="A method with a harmless name changes the object, and another object that it holds.",
        cells="""
# %%
class Store:
    def __init__(self):
        self.rows = []
        self.log = None

    def get(self, k):
        self.rows.append(k)
        if self.log is not None:
            self.log.append(len(self.rows))
        return k * 2
# %%
store, log = Store(), []
store.log = log
# %%
first = store.get(4)
# %%
second = store.get(5)
# %%
audit = list(log)
count = len(store.rows)
""",
        exports=("store", "log", "first", "second", "audit", "count"),
    ),
    Case(
        name="inner_function_changes_outer",
        construct="mutation at a distance",
        why="A callback registered in one cell changes a list whenever a later cell emits.",
        cells="""
# %%
handlers = []
seen = []

def emit(event):
    for handler in handlers:
        handler(event)
# %%
def remember(event):
    seen.append(event.upper())

handlers.append(remember)
# %%
emit("start")
# %%
emit("stop")
handlers.clear()
emit("lost")
# %%
story = "-".join(seen)
""",
        exports=("seen", "story"),
    ),
    Case(
        name="iterating_over_items_of_dict",
        construct="mutation at a distance",
        why="Values reached by iteration, unpacking, setdefault and a default dict are changed.",
        cells="""
# %%
from collections import defaultdict
groups = defaultdict(list)
people = [{"n": "ada", "t": 1}, {"n": "bob", "t": 2}, {"n": "cyd", "t": 1}]
# %%
for person in people:
    groups[person["t"]].append(person)
# %%
for members in groups.values():
    for member in members:
        member["size"] = len(members)
# %%
ada, *others = people
ada["n"] = ada["n"].title()
groups.setdefault(3, []).append(ada)
# %%
names = {t: [m["n"] for m in ms] for t, ms in groups.items()}
sizes = [p["size"] for p in people]
""",
        exports=("groups", "people", "names", "sizes", "ada", "others", "member"),
    ),
    Case(
        name="identity_matters",
        construct="aliasing",
        why="`is` and the sharing of rows decide the result.",
        cells="""
# %%
row = [0, 0]
grid = [row] * 3
clean = [list(row) for _ in range(3)]
sentinel = object()
# %%
grid[0][0] = 1
clean[0][0] = 1
# %%
kept = [x for x in (row, sentinel, None) if x is not sentinel]
shared = grid[0] is grid[2]
# %%
same = kept[0] is row
counts = (sum(map(sum, grid)), sum(map(sum, clean)), shared, same)
""",
        exports=("row", "grid", "clean", "kept", "shared", "same", "counts"),
    ),
    Case(
        name="sort_and_reverse",
        construct="mutation at a distance",
        why="sort(), reverse(), pop and heapq change a list that a later cell reads.",
        cells="""
# %%
import bisect
import heapq

queue = [5, 1, 4, 2]
# %%
heapq.heapify(queue)
smallest = heapq.heappop(queue)
# %%
queue.sort(reverse=True)
queue.reverse()
# %%
bisect.insort(queue, 3)
middle = queue[len(queue) // 2]
""",
        exports=("queue", "smallest", "middle"),
        mutation=Mutation("[5, 1, 4, 2]", "[5, 1, 8, 6]", "constant"),
    ),
    Case(
        name="series_shares_no_memory",
        construct="frame columns",
        why="With copy-on-write a column taken out does not change the frame; an array of it would.",
        cells="""
# %%
import pandas as pd
df = pd.DataFrame({"v": [1.0, 2.0, 3.0]})
column = df["v"]
array = df["v"].to_numpy().copy()
# %%
column.iloc[0] = 99
array[1] = -5
# %%
unchanged = df["v"].tolist()
df["v"] = array
# %%
mixed = (unchanged, df["v"].sum(), column.sum())
""",
        exports=("df", "column", "array", "unchanged", "mixed"),
    ),
]
