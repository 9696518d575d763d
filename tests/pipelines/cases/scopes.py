"""Scopes of comprehensions, walrus, loops and what they leave behind."""

from __future__ import annotations

from tests.pipelines.case import Case

CASES = [
    Case(
        name="comprehension_scopes",
        construct="comprehensions",
        why="The variable of a comprehension is another one than the notebook's of that name.",
        cells="""
# %%
x = "outer"
k = 7
# %%
squares = [x * x for x in range(4)]
table = {k: [k for k in range(k)] for k in range(3)}
# %%
kept = (x, k)
pairs = {(a, b) for a in range(3) for b in range(a)}
# %%
total = sum(x for x in squares if x > 0)
x = x + "!"
""",
        exports=("x", "k", "squares", "table", "kept", "pairs", "total"),
        hidden=("a", "b"),
    ),
    Case(
        name="walrus",
        construct="walrus",
        why="Names are bound inside conditions and comprehensions and used cells later.",
        cells="""
# %%
data = [4, 8, 15, 16, 23, 42]
if (n := len(data)) > 5:
    note = "long"
# %%
big = [last := value for value in data if value > 10]
# %%
while (item := data[-1]) > 20:
    data.pop()
# %%
state = (n, last, item, list(data), note)
""",
        exports=("data", "n", "note", "big", "last", "item", "state"),
    ),
    Case(
        name="loop_variables_alive",
        construct="loop variables",
        why="After a loop its variables live on and are used; a loop's else and break decide.",
        cells="""
# %%
scores = {"a": 3, "b": 9, "c": 5}
for name, score in scores.items():
    if score > 8:
        break
else:
    name = "none"
# %%
winner = name
for i, row in enumerate([[1, 2], [3, 4]]):
    for j, cell in enumerate(row):
        pass
# %%
corner = (i, j, cell)
for scores["d"] in range(3):
    pass
# %%
for i in []:
    never = 1
after = i
""",
        exports=("scores", "name", "score", "winner", "corner", "i", "j", "row", "cell", "after"),
        hidden=("never",),
    ),
    Case(
        name="loops_with_state",
        construct="loops",
        why="A loop goes on where a loop of an earlier cell ended.",
        cells="""
# %%
position, velocity = 0.0, 1.0
path = [position]
# %%
for step in range(5):
    velocity *= 0.9
    position += velocity
    path.append(position)
# %%
for step in range(step + 1, step + 4):
    velocity -= 0.5
    position += velocity
    path.append(position)
# %%
highest = max(path)
""",
        exports=("position", "velocity", "path", "step", "highest"),
    ),
    Case(
        name="augmented_assignment",
        construct="augmented assignment",
        why="+= changes a list in place for its alias, and rebinds a number and a tuple.",
        cells="""
# %%
items = [1]
alias = items
count = 1
same_count = count
point = (1,)
same_point = point
# %%
items += [2, 3]
count += 5
point += (2,)
# %%
state = (alias, same_count, same_point)
grid = {"row": [0, 0]}
# %%
grid["row"][1] += 4
grid["row"] *= 2
width = len(grid["row"])
""",
        exports=("items", "alias", "count", "point", "state", "grid", "width"),
    ),
    Case(
        name="del_and_rebind",
        construct="del",
        why="Names, items, slices and attributes are deleted; one name comes back.",
        cells="""
# %%
import pandas as pd
raw = pd.DataFrame({"a": [1, 2], "b": [3, 4], "junk": [0, 0]})
temp = raw.sum()
values = list(range(10))
# %%
del raw["junk"]
del temp
del values[::2], values[0]
# %%
columns = list(raw.columns)
temp = "new"
# %%
result = (temp, values)
del columns
""",
        exports=("raw", "values", "temp", "result"),
        hidden=("columns",),
    ),
    Case(
        name="versions_of_a_name",
        construct="redefinition",
        why="df is bound six times; a middle version is used late through another name.",
        cells="""
# %%
import pandas as pd
df = pd.DataFrame({"g": list("aabbc"), "v": [1, 2, 3, 4, 5]})
# %%
df = df[df["v"] > 1]
middle = df
# %%
df = df.assign(w=df["v"] ** 2)
# %%
summary = df.groupby("g").sum()
df = df.drop(columns="v")
# %%
df = df.rename(columns={"w": "square"})
wide = df.merge(middle, left_index=True, right_index=True)
# %%
df = df.shape
""",
        exports=("df", "middle", "summary", "wide"),
    ),
    Case(
        name="multiple_assignment_and_swap",
        construct="multi-assignment",
        why="Chained and starred targets, nested unpacking, swaps over cells.",
        cells="""
# %%
a, b = 1, [2]
first, *rest, last = range(6)
(x, [y, z]), w = (1, [2, 3]), 4
p = q = r = 0
# %%
a, b = b, a
# %%
b, a = a, b
rest[0], rest[-1] = rest[-1], rest[0]
# %%
q += 1
x, y = y, x
numbers = [a, b, first, rest, last, x, y, z, w, p, q, r]
""",
        exports=("a", "b", "first", "rest", "last", "x", "y", "z", "w", "p", "q", "r", "numbers"),
    ),
    Case(
        name="try_finally",
        construct="try/finally",
        why="Names are bound in every branch of a try, and the exception's own name vanishes.",
        cells="""
# %%
log = []
try:
    value = int("12x")
except ValueError as error:
    value = -1
    message = str(error)
else:
    log.append("else")
finally:
    log.append("finally")
# %%
def risky(n):
    try:
        return 10 / n
    except ZeroDivisionError:
        return None
    finally:
        log.append(n)

results = [risky(n) for n in (0, 5)]
# %%
try:
    import json
    parsed = json.loads('{"ok": true}')
except Exception:
    parsed = {}
outcome = (value, message, list(log), parsed)
""",
        exports=("log", "value", "message", "results", "parsed", "outcome"),
        hidden=("error",),
    ),
    Case(
        name="with_blocks",
        construct="with",
        why="Names bound in with blocks live on; a context manager of the notebook's own has state.",
        cells="""
# %%
from contextlib import contextmanager, suppress
from decimal import Decimal, localcontext

depth = []

@contextmanager
def section(name):
    depth.append(name)
    yield len(depth)
    depth.append(f"/{name}")
# %%
with section("a") as level, section("b") as inner:
    product = level * 10 + inner
# %%
with suppress(KeyError):
    found = {}["nothing"]
with localcontext() as ctx:
    ctx.prec = 5
    third = Decimal(1) / 3
# %%
trail = " ".join(depth)
full = Decimal(1) / 3
""",
        exports=("depth", "level", "inner", "product", "third", "trail", "full"),
        hidden=("found",),
    ),
    Case(
        name="conditional_binding",
        construct="conditionals",
        why="Which cell binds a name depends on data; one name may never be bound.",
        cells="""
# %%
import pandas as pd
frame = pd.DataFrame({"v": [1, None, 3]})
# %%
if frame["v"].isna().any():
    filled = frame.fillna(0)
    was_filled = True
else:
    filled = frame
    unfilled = True
# %%
if "unfilled" not in dir():
    status = "filled"
match len(filled):
    case 0:
        size = "empty"
    case n if n < 10:
        size = "small"
    case _:
        size = "large"
# %%
status = status + "/" + size
mean = filled["v"].mean()
""",
        expect="either",
        exports=("frame", "filled", "was_filled", "status", "size", "n", "mean"),
        hidden=("unfilled",),
    ),
    Case(
        name="match_statement",
        construct="conditionals",
        why="Patterns bind names, also in classes and mappings, that later cells use.",
        cells="""
# %%
events = [{"kind": "buy", "n": 3}, ["sell", 2, "x"], ("hold",), 7]
# %%
def read(event):
    match event:
        case {"kind": kind, "n": int(n), **rest}:
            return (kind, n)
        case ["sell", amount, *_]:
            return ("sell", amount)
        case (only,):
            return (only, 0)
        case _:
            return None
# %%
parsed = [read(e) for e in events]
match parsed:
    case [("buy", bought), ("sell", sold), *others]:
        net = bought - sold
# %%
left = [o for o in others if o]
""",
        exports=("events", "parsed", "bought", "sold", "others", "net", "left"),
    ),
]
