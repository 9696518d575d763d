"""Plots, prints and what is shown at the end of a cell."""

from __future__ import annotations

from tests.pipelines.case import Case

CASES = [
    Case(
        name="matplotlib_plots",
        construct="plots",
        why="Figures of both styles between the work; a plotting cell also computes.",
        cells="""
# %%
%matplotlib inline
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

plt.style.use("ggplot")
plt.rcParams["figure.figsize"] = (4, 2)
# %%
x = np.linspace(0, 6, 50)
df = pd.DataFrame({"x": x, "sin": np.sin(x)})
# %%
plt.plot(x, df["sin"])
plt.title("Sine")
plt.show()
# %%
fig, axes = plt.subplots(1, 2)
axes[0].hist(df["sin"])
counts, edges, _ = axes[1].hist(df["sin"], bins=4)
fig.tight_layout()
# %%
ax = df.plot(x="x", y="sin")
ax.axhline(0)
peak = df.loc[df["sin"].idxmax(), "x"]
# %%
share = counts / counts.sum()
""",
        exports=("x", "df", "counts", "edges", "peak", "share"),
    ),
    Case(
        name="plot_saved_to_file",
        construct="plots",
        why="A figure begun in one cell is finished and saved in another.",
        cells="""
# %%
import os
import matplotlib.pyplot as plt
fig, ax = plt.subplots()
# %%
data = [1, 4, 9]
ax.plot(data)
# %%
ax.set_title("squares")
fig.savefig("plot.png")
plt.close(fig)
# %%
there = os.path.exists("plot.png")
lines = len(ax.lines)
""",
        exports=("data", "there", "lines"),
    ),
    Case(
        name="altair_charts",
        construct="plots",
        why="Charts are values: one is layered on another and shown two cells on.",
        cells="""
# %%
import altair as alt
import pandas as pd

df = pd.DataFrame({"a": ["x", "y", "z"], "b": [3, 1, 2]})
# %%
bars = alt.Chart(df).mark_bar().encode(x="a", y="b")
# %%
rule = alt.Chart(df).mark_rule().encode(y="mean(b)")
bars + rule
# %%
largest = df["b"].max()
spec = bars.to_dict()["mark"]["type"]
""",
        exports=("df", "largest", "spec"),
    ),
    Case(
        name="prints_everywhere",
        construct="prints",
        why="print, display and bare expressions, one of which changes what it shows.",
        cells="""
# %%
from IPython.display import HTML, Markdown, display

stack = [1, 2, 3]
print("start", stack, sep=": ")
# %%
display(HTML("<b>bold</b>"), Markdown("# title"))
stack.pop()
# %%
for s in stack:
    print(s, end=" ")
len(stack)
# %%
stack.append(9) or stack
# %%
display(stack.pop())
size = len(stack);
""",
        exports=("stack", "s", "size"),
    ),
    Case(
        name="last_expression_effects",
        construct="last expression",
        why="The last expression of each cell is shown, and changes something.",
        cells="""
# %%
import pandas as pd
cache = {}
df = pd.DataFrame({"a": [3, 1, 2]})
# %%
cache.setdefault("n", 1)
# %%
df.sort_values("a", inplace=True)
# %%
[cache.update({k: k * k}) for k in range(3)]
# %%
df.head()
# %%
cache.pop("n") and df.pop("a")
# %%
columns, keys = df.shape[1], sorted(cache)
""",
        exports=("cache", "df", "columns", "keys"),
    ),
    Case(
        name="output_history",
        construct="output history",
        why="_ and Out give what an earlier cell showed.",
        cells="""
# %%
10 * 4
# %%
answer = _ + 2
# %%
[answer]
# %%
again = Out[1]
wrapped = _[0]
""",
        expect="either",
        exports=("answer", "again", "wrapped"),
    ),
    Case(
        name="charts_only_shown",
        construct="plots",
        why="Charts without a variable, in a row with others, shown in three ways.",
        cells="""
# %%
import altair as alt
import pandas as pd
import plotly.express as px

df = pd.DataFrame({"a": ["x", "y", "z"], "b": [3, 1, 2]})
# %%
alt.Chart(df, title="b by a").mark_bar().encode(x="a", y="b")
# %%
fig = px.bar(df, x="a", y="b")
fig.show()
# %%
fig = px.line(df, x="a", y="b")
fig
# %%
display(
    alt.Chart(df)
    .mark_rule()  # the middle
    .encode(y="mean(b)")
)
px.box(df, y="b").show()
middle = df["b"].median()
""",
        exports=("df", "middle"),
    ),
    Case(
        name="printed_report",
        construct="prints",
        why="A report is built with print into a string, and one into the standard output.",
        cells="""
# %%
import contextlib
import io
import sys
# %%
buffer = io.StringIO()
with contextlib.redirect_stdout(buffer):
    print("line one")
    print("line two")
# %%
report = buffer.getvalue()
n = sys.stdout.write("")
# %%
lines = report.splitlines()
""",
        exports=("report", "lines", "n"),
    ),
]
