"""Names inside strings: query, eval, SQL on frames; and large frames."""

from __future__ import annotations

from tests.pipelines.case import Case, Facts, Mutation

CASES = [
    Case(
        name="query_with_variables",
        construct="df.query",
        why="A variable is named only inside the string of a query.",
        cells="""
# %%
import pandas as pd
df = pd.DataFrame({"age": [20, 35, 50, 65], "city": ["a", "b", "a", "b"]})
# %%
limit = 30
cities = ["a"]
# %%
older = df.query("age > @limit and city in @cities")
# %%
limit = 60
oldest = df.query("age > @limit")
# %%
n = len(older) + len(oldest)
""",
        exports=("df", "limit", "cities", "older", "oldest", "n"),
        mutation=Mutation("limit = 60", "limit = 40", "constant"),
    ),
    Case(
        name="query_in_function",
        construct="df.query",
        why="The @name in a query is a local of the function in one case and a global in another.",
        cells="""
# %%
import pandas as pd
low, high = 2, 8

def between(frame, low):
    return frame.query("@low <= v <= @high")
# %%
frame = pd.DataFrame({"v": range(10)})
# %%
few = between(frame, 6)
# %%
high = 7
fewer = between(frame, 6)
""",
        exports=("frame", "few", "fewer", "high"),
    ),
    Case(
        name="eval_on_frames",
        construct="df.eval",
        why="df.eval in place and pd.eval over frames that are named in the string.",
        cells="""
# %%
import pandas as pd
a = pd.DataFrame({"x": [1, 2, 3]})
b = pd.DataFrame({"x": [10, 20, 30]})
factor = 2
# %%
a.eval("y = x * @factor", inplace=True)
# %%
c = pd.eval("a.x + b.x")
# %%
total = a.eval("y.sum() + x.max()")
""",
        exports=("a", "b", "c", "total"),
    ),
    Case(
        name="duckdb_on_frames",
        construct="duckdb",
        why="SQL names a frame of the notebook; the frame is bound anew between two queries.",
        cells="""
# %%
import duckdb
import pandas as pd
orders = pd.DataFrame({"c": ["x", "y", "x"], "v": [1, 2, 3]})
# %%
sums = duckdb.sql("select c, sum(v)::integer as s from orders group by c order by c").df()
# %%
orders = orders[orders["v"] > 1]
# %%
count = duckdb.sql("select count(*) from orders").fetchall()[0][0]
joined = duckdb.query("select o.c, s.s from orders o join sums s using (c) order by o.v").df()
""",
        exports=("orders", "sums", "count", "joined"),
    ),
    Case(
        name="format_maps_and_locals",
        construct="names in strings",
        why="format_map(globals()) and a template name variables in a string.",
        cells="""
# %%
from string import Template
city, n = "Ulm", 3
# %%
text = "{city}: {n}".format(**{"city": city, "n": n})
filled = Template("$city!").substitute(city=city)
# %%
line = "{city}/{n}".format_map(globals())
# %%
n = 4
later = "{n}".format(**vars())
""",
        expect="either",
        exports=("city", "n", "text", "filled", "line", "later"),
    ),
    Case(
        name="medium_frame",
        construct="large frames",
        why="A frame of some 16 MB goes through three steps.",
        cells="""
# %%
import numpy as np
import pandas as pd
# %%
%%step make
rng = np.random.default_rng(0)
big = pd.DataFrame(rng.random((200_000, 10)), columns=[f"c{k}" for k in range(10)])
# %%
%%step change
big["sum"] = big.sum(axis=1)
# %%
%%step use
top = big.nlargest(10, "sum")
mean = big["sum"].mean()
""",
        exports=("big", "top", "mean"),
        facts=Facts(steps=(3, 3), named=("make", "change", "use")),
    ),
    Case(
        name="large_frame",
        construct="large frames",
        why="A frame of 200 MB goes through three steps.",
        heavy=True,
        cells="""
# %%
import numpy as np
import pandas as pd
# %%
%%step make
rng = np.random.default_rng(0)
big = pd.DataFrame(rng.random((2_500_000, 10)), columns=[f"c{k}" for k in range(10)])
# %%
%%step change
big["sum"] = big.sum(axis=1)
# %%
%%step use
top = big.nlargest(10, "sum")
mean = big["sum"].mean()
""",
        exports=("big", "top", "mean"),
        facts=Facts(steps=(3, 3)),
    ),
    Case(
        name="frames_of_all_types",
        construct="frames",
        why="Categories, dates with zones, objects in cells, several levels, sparse and nullable.",
        cells="""
# %%
import numpy as np
import pandas as pd

index = pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["k", "n"])
df = pd.DataFrame({"cat": pd.Categorical(["x", "y", "x", None])}, index=index)
# %%
df["when"] = pd.date_range("2024-03-30", periods=4, freq="12h", tz="Europe/Berlin")
df["maybe"] = pd.array([1, None, 3, 4], dtype="Int64")
# %%
df["thing"] = [{"a": 1}, [1, 2], {3}, None]
df["long"] = df["when"].diff()
sparse = pd.arrays.SparseArray([0, 0, 1])
# %%
by = df.groupby("cat", observed=True)
sizes = by.size()
wide = df["maybe"].unstack("n")
period = df["when"].dt.tz_localize(None).dt.to_period("D")
last = df["when"].iloc[-1]
""",
        exports=("index", "df", "sparse", "sizes", "wide", "period", "last"),
    ),
]
