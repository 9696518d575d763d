"""Cells that fail on purpose, are skipped, are empty, wait, or ask who they are."""

from __future__ import annotations

from tests.pipelines.case import Case

CASES = [
    Case(
        name="raises_exception_cell",
        construct="raises-exception",
        why="A cell fails on purpose; what it bound before stays.",
        cells="""
# %%
values = [1, 2]
# %% tags=raises-exception
values.append(3)
partial = "bound"
broken = values[10]
never = 1
# %%
after = (partial, len(values))
""",
        exports=("values", "partial", "after"),
        hidden=("broken", "never"),
        expect="either",
    ),
    Case(
        name="raises_exception_demonstrates",
        construct="raises-exception",
        why="A cell shows an error and binds nothing.",
        cells="""
# %%
def positive(x):
    if x < 0:
        raise ValueError(f"{x} is negative")
    return x
# %% tags=raises-exception
positive(-1)
# %%
good = [positive(x) for x in (1, 2)]
""",
        exports=("good",),
    ),
    Case(
        name="skip_execution_cell",
        construct="skip-execution",
        why="A cell that is never executed would change the result.",
        cells="""
# %%
n = 3
# %% tags=skip-execution
n = 100
raise SystemExit
# %%
doubled = n * 2
""",
        exports=("n", "doubled"),
    ),
    Case(
        name="empty_and_text_cells",
        construct="empty cells",
        why="Empty cells, cells of comments only, a docstring cell, markdown between code.",
        cells="""
# %%

# %%
# just a comment
# %% [markdown]
Text with `code` and $x^2$.
# %%
'''A string that nobody uses.'''
# %%
x = 2
# %% [markdown]
- a list
- of things
# %%


# %%
pass
...
# %%
y = x ** 3  # to the third
# %% [markdown]
""",
        exports=("x", "y"),
    ),
    Case(
        name="main_guard",
        construct="__main__",
        why='In a notebook `__name__ == "__main__"` holds.',
        cells="""
# %%
def main(n):
    return list(range(n))
# %%
if __name__ == "__main__":
    result = main(4)
# %%
who = __name__
size = len(result)
""",
        exports=("result", "size"),
        loose=("who",),
    ),
    Case(
        name="top_level_await",
        construct="async",
        why="await, async for and async with stand at the top of cells.",
        cells="""
# %%
import asyncio

async def fetch(k):
    await asyncio.sleep(0)
    return k * 10
# %%
one = await fetch(1)
# %%
many = await asyncio.gather(*(fetch(k) for k in range(4)))
# %%
async def ticks(n):
    for k in range(n):
        yield k

seen = []
async for t in ticks(3):
    seen.append(t)
listed = [t async for t in ticks(2)]
""",
        exports=("one", "many", "seen", "t", "listed"),
    ),
    Case(
        name="assert_cells",
        construct="assert",
        why="Checks stand between the work; one has an effect of its own.",
        cells="""
# %%
import pandas as pd
df = pd.DataFrame({"id": [1, 2, 3], "v": [5, 6, 7]})
checked = []
# %%
assert df["id"].is_unique, "ids repeat"
assert (seen := len(df)) == 3
assert not checked.append("rows")
# %%
df = df.set_index("id")
assert list(df.columns) == ["v"]
# %%
total = int(df["v"].sum()) + seen + len(checked)
assert total == 22
""",
        exports=("df", "checked", "seen", "total"),
    ),
    Case(
        name="generator_within_one_cell",
        construct="generators",
        why="Generators are made and used up in the same cell, also by a function of another.",
        cells="""
# %%
def windows(values, n):
    for k in range(len(values) - n + 1):
        yield values[k:k + n]
# %%
data = [2, 4, 8, 16, 32]
means = [sum(w) / 2 for w in windows(data, 2)]
# %%
pairs = zip(data, data[1:])
ratios = [b / a for a, b in pairs]
del pairs
# %%
best = max(w for w in windows(ratios, 3))
""",
        exports=("data", "means", "ratios", "best"),
        hidden=("pairs",),
    ),
]
