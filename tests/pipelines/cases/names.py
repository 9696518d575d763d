"""Odd names: shadowed builtins, underscores, letters of other scripts, annotations."""

from __future__ import annotations

from tests.pipelines.case import Case, Facts

CASES = [
    Case(
        name="shadowed_builtins",
        construct="shadowed builtins",
        why="list, sum, max and id become variables; a function uses one of them afterwards.",
        cells="""
# %%
list = [3, 1, 2]
sum = 0
# %%
for value in list:
    sum += value
# %%
def mean():
    return sum / len(list)

id = mean()
# %%
max = sorted(list)[-1]
type = "kind"
# %%
out = {"sum": sum, "max": max, "id": id, "type": type}
""",
        exports=("list", "sum", "value", "id", "max", "type", "out"),
    ),
    Case(
        name="builtin_restored",
        construct="shadowed builtins",
        why="A builtin is hidden, used, and comes back by del.",
        cells="""
# %%
max = 10
limit = max + 1
# %%
del max
# %%
top = max([3, 4])
print = lambda *a: None
# %%
print("nothing")
del print
print("shown", limit, top)
""",
        exports=("limit", "top"),
        hidden=("max", "print"),
    ),
    Case(
        name="underscore_names",
        construct="odd names",
        why="_ as a throw-away, _tmp and __x as values used cells later.",
        cells="""
# %%
_, kept, _ = (1, 2, 3)
_tmp = [kept]
# %%
for _ in range(2):
    _tmp.append(_)
__total = len(_tmp)
# %%
class _Hidden:
    _value = 4

_h = _Hidden()
# %%
answer = __total + _h._value + _tmp[-1]
""",
        exports=("kept", "answer"),
    ),
    Case(
        name="unicode_identifiers",
        construct="odd names",
        why="Greek, German and Chinese names, one not in normal form, and strings of emoji.",
        cells="""
# %%
α, β = 0.1, 0.2
größe = "groß"
数据 = [1, 2, 3]
# %%
σ = sum(数据) * α
ﬁnal = σ + β
# %%
def Δ(x, dx=β):
    return x - dx

änderung = Δ(final)
emoji = {"🚀": größe}
""",
        exports=("α", "β", "größe", "数据", "σ", "final", "änderung", "emoji"),
    ),
    Case(
        name="soft_keywords_and_clashes",
        construct="odd names",
        why="Variables named match, case, type, run, seed, inputs, outputs, pipelines, Any, self.",
        cells="""
# %%
match = {"home": 2, "away": 1}
case = "lower"
seed = 99
# %%
run = [match["home"], match["away"]]
inputs = run + [seed]
outputs = {"inputs": inputs}
# %%
Any = NamedTuple = 5
self = cls = "me"
pipelines = name = annotations = 3
# %%
shared = [Any, NamedTuple, self, cls, pipelines, name, annotations]
set_up = len(shared)
""",
        exports=(
            "match",
            "case",
            "seed",
            "run",
            "inputs",
            "outputs",
            "Any",
            "self",
            "pipelines",
            "shared",
            "set_up",
        ),
    ),
    Case(
        name="same_name_as_module_function",
        construct="odd names",
        why="A variable, a column, a function parameter and a heading all share one name.",
        cells="""
# %% [markdown]
## score
# %%
import pandas as pd
score = pd.DataFrame({"score": [1, 2, 3]})
# %% [markdown]
## score again
# %%
def add(score, by=1):
    score = score.copy()
    score["score"] += by
    return score

scores = add(score)
# %%
score = score["score"].max()
best = scores["score"].max() - score
""",
        exports=("score", "scores", "best"),
    ),
    Case(
        name="annotations_at_top",
        construct="type annotations",
        why="Annotated names with and without values; the annotations name local classes.",
        cells="""
# %%
from __future__ import annotations

from typing import Final, Optional

Vector = list[float]
LIMIT: Final = 3
later: int
weights: Vector = [0.1, 0.2]
maybe: Optional[str] = None
# %%
later = LIMIT * 2

def norm(v: Vector) -> float:
    total: float = sum(x * x for x in v)
    return total ** 0.5
# %%
length: float = norm(weights)
hints = norm.__annotations__["return"]
# %%
weights[0]: float = 5.0
outcome: Unknown = [later, maybe]
""",
        expect="either",
        exports=("weights", "later", "length", "hints", "outcome"),
    ),
    Case(
        name="long_lines_and_strings",
        construct="odd text",
        why="Semicolons, continuations, triple quotes with code inside, nested f-strings, a tab.",
        cells=r'''
# %%
a = 1; b = 2; c = a + \
    b
text = """
 # %% not a cell? well
def fake():
	return "tab"
"""
# %%
nested = f"{a!r:>{b + 2}} {'x' if c else 'y'} {{literal}} {text.count('def'):03d}"
raw = r"C:\new\table" + '\'' + "\N{GREEK SMALL LETTER PI}"
# %%
query = f"""
  SELECT {', '.join(f"'{k}'" for k in ['a', 'b'])}
"""
if True: d = [
    1,
        2,
]
''',
        exports=("a", "b", "c", "text", "nested", "raw", "query", "d"),
        facts=Facts(steps=(1, 4)),
    ),
]
