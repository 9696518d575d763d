"""Functions across cells: what they read, what they change, what they remember."""

from __future__ import annotations

from tests.pipelines.case import Case, Facts, Mutation

CASES = [
    Case(
        name="helpers_across_steps",
        construct="helper functions",
        why="Helpers that call each other are used in several steps.",
        cells="""
# %%
import pandas as pd

def clean(s):
    return s.strip().lower()

def clean_all(frame, column):
    out = frame.copy()
    out[column] = [clean(v) for v in out[column]]
    return out
# %% [markdown]
## Customers
# %%
customers = clean_all(pd.DataFrame({"id": [1, 2, 3], "city": [" Bonn", "ULM ", "Bonn"]}), "city")
# %% [markdown]
## Shops
# %%
shops = clean_all(pd.DataFrame({"shop": [7, 8], "city": ["bonn ", "Ulm"]}), "city")
# %% [markdown]
## Join
# %%
joined = customers.merge(shops, on="city")
extra = clean("  DONE ")
""",
        exports=("customers", "shops", "joined", "extra"),
        facts=Facts(apart=(("customers = clean", "shops = clean"),)),
        mutation=Mutation("s.strip().lower()", "s.strip().upper()", "function"),
    ),
    Case(
        name="function_reads_global_redefined",
        construct="globals in functions",
        why="A global that a function reads is assigned again after the def: calls see the newest.",
        cells="""
# %%
RATE = 0.1

def tax(x):
    return x * RATE
# %%
first = tax(100)
# %%
RATE = 0.25
# %%
second = tax(100)
# %%
del RATE
RATE = 1
third = tax(first + second)
""",
        exports=("first", "second", "third", "RATE"),
    ),
    Case(
        name="function_reads_global_defined_later",
        construct="globals in functions",
        why="The global is defined only after the function, through two calls.",
        cells="""
# %%
def outer(x):
    return inner(x) + OFFSET
# %%
def inner(x):
    return x * FACTOR
# %%
FACTOR, OFFSET = 3, 1
# %%
value = outer(5)
# %%
FACTOR = 10
again = outer(5)
""",
        exports=("value", "again"),
    ),
    Case(
        name="global_statement",
        construct="global",
        why="A function counts in a global; each call of it is a change at a distance.",
        cells="""
# %%
calls = 0
history = []

def record(x):
    global calls, latest
    calls += 1
    latest = x
    history.append(x * x)
    return calls
# %%
a = record(3)
# %%
b = record(4)
# %%
summary = (calls, latest, list(history), a + b)
# %%
record(5)
final = calls
""",
        exports=("calls", "history", "latest", "a", "b", "summary", "final"),
    ),
    Case(
        name="closures_and_factories",
        construct="closures",
        why="A factory gives functions with a state of their own that counts on over cells.",
        cells="""
# %%
def counter(start):
    n = start
    def step(by=1):
        nonlocal n
        n += by
        return n
    return step

def scaler(factor):
    return lambda x: x * factor
# %%
tick = counter(10)
double = scaler(2)
# %%
one = tick()
two = tick(5)
# %%
three = double(tick())
# %%
result = [one, two, three, tick()]
""",
        exports=("one", "two", "three", "result"),
    ),
    Case(
        name="default_arguments",
        construct="default arguments",
        why="A default is taken when the def runs, not when the function is called.",
        cells="""
# %%
power = 2
base = [1, 2, 3]

def raised(values=base, p=power):
    return [v ** p for v in values]
# %%
power = 5
base.append(4)
# %%
got = raised()
# %%
base = [9]
same = raised()
other = raised(base, power)
""",
        exports=("power", "base", "got", "same", "other"),
    ),
    Case(
        name="mutable_default",
        construct="default arguments",
        why="A list as default remembers over calls in different cells.",
        cells="""
# %%
def remember(x, seen=[]):
    seen.append(x)
    return list(seen)
# %%
first = remember("a")
# %%
second = remember("b")
# %%
third = remember("c", [])
fourth = remember("d")
""",
        exports=("first", "second", "third", "fourth"),
    ),
    Case(
        name="decorators",
        construct="decorators",
        why="A decorator of the notebook's own counts calls in an attribute of the function.",
        cells="""
# %%
import functools

def counted(f):
    @functools.wraps(f)
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return f(*args, **kwargs)
    wrapper.calls = 0
    return wrapper
# %%
@counted
def square(x):
    "Square of x."
    return x * x
# %%
values = [square(k) for k in range(4)]
# %%
more = square(10)
total_calls = square.calls
name = square.__name__
""",
        exports=("values", "more", "total_calls", "name"),
    ),
    Case(
        name="lru_cache",
        construct="decorators",
        why="A cached function whose statistics are read; the cache was filled cells before.",
        cells="""
# %%
from functools import lru_cache

@lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
# %%
tenth = fib(10)
# %%
twentieth = fib(20)
# %%
info = fib.cache_info()._asdict()
hits = info["hits"]
""",
        exports=("tenth", "twentieth", "info", "hits"),
    ),
    Case(
        name="recursion_and_nested",
        construct="nested functions",
        why="Mutual recursion across cells, and a function inside a function inside a function.",
        cells="""
# %%
def even(n):
    return True if n == 0 else odd(n - 1)
# %%
def odd(n):
    return False if n == 0 else even(n - 1)
# %%
parity = {k: even(k) for k in range(6)}
# %%
def flatten(tree):
    def walk(node, depth):
        def leaf(value):
            return (depth, value)
        if isinstance(node, list):
            for child in node:
                yield from walk(child, depth + 1)
        else:
            yield leaf(node)
    return list(walk(tree, 0))

flat = flatten([1, [2, [3, 4]], 5])
# %%
deepest = max(flat)
""",
        exports=("parity", "flat", "deepest"),
    ),
    Case(
        name="function_redefined",
        construct="redefinition",
        why="A function is defined twice under one name; a third function sees whichever is newest.",
        cells="""
# %%
def score(x):
    return x + 1

def report(x):
    return f"score {score(x)}"
# %%
old = report(1)
# %%
def score(x):
    return x * 100
# %%
new = report(1)
both = [old, new]
""",
        exports=("old", "new", "both"),
    ),
    Case(
        name="lambda_table",
        construct="closures",
        why="A dictionary of lambdas is used over cells; loop variables are bound late.",
        cells="""
# %%
late = [lambda: k for k in range(3)]
early = [lambda k=k: k for k in range(3)]
# %%
operations = {"add": lambda a, b: a + b, "mul": lambda a, b: a * b}
# %%
results = {name: f(3, 4) for name, f in operations.items()}
# %%
called_late = [f() for f in late]
called_early = [f() for f in early]
""",
        exports=("results", "called_late", "called_early"),
    ),
    Case(
        name="function_changes_argument",
        construct="mutation at a distance",
        why="A helper changes the frame it is given and returns nothing.",
        cells="""
# %%
import pandas as pd

def add_ratio(frame):
    frame["ratio"] = frame["a"] / frame["b"]
# %%
table = pd.DataFrame({"a": [1, 2, 3], "b": [2, 4, 8]})
# %%
before = list(table.columns)
# %%
add_ratio(table)
# %%
after = table["ratio"].sum()
""",
        exports=("table", "before", "after"),
        facts=Facts(takes={"after =": ("table",)}, gives={"add_ratio(table)": ("table",)}),
    ),
    Case(
        name="partial_and_operator",
        construct="closures",
        why="Functions are made by functools.partial over a list that is changed afterwards.",
        cells="""
# %%
from functools import partial

weights = [1, 2, 3]

def weighted(ws, values):
    return sum(w * v for w, v in zip(ws, values))

mean = partial(weighted, weights)
# %%
first = mean([1, 1, 1])
# %%
weights[0] = 100
# %%
second = mean([1, 1, 1])
""",
        exports=("weights", "first", "second"),
    ),
]
