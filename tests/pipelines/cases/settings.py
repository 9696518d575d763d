"""Settings of libraries and of the process that later cells depend on."""

from __future__ import annotations

from tests.pipelines.case import Case

CASES = [
    Case(
        name="environment_variables",
        construct="environment",
        why="os.environ is set in one cell and read in another, also by a function.",
        cells="""
# %%
import os

os.environ["REGION"] = "north"
os.environ.setdefault("LEVEL", "3")

def region():
    return os.getenv("REGION", "none")
# %%
first = region()
level = int(os.environ["LEVEL"])
# %%
os.environ["REGION"] = "south"
%env DEPTH=9
# %%
second = region()
depth = os.environ["DEPTH"]
# %%
del os.environ["REGION"]
third = region()
""",
        exports=("first", "level", "second", "depth", "third"),
    ),
    Case(
        name="pandas_options",
        construct="library settings",
        why="Display options decide texts that the notebook keeps, and are changed in the middle.",
        cells="""
# %%
import pandas as pd

pd.options.display.precision = 2
pd.set_option("display.max_rows", 4)
# %%
df = pd.DataFrame({"v": [1.23456, 2.34567]})
text = df.to_string()
# %%
with pd.option_context("display.precision", 4):
    exact = repr(df)
# %%
pd.options.display.float_format = "{:.1f}".format
short = repr(df)
""",
        exports=("df", "text", "exact", "short"),
    ),
    Case(
        name="numpy_print_and_errors",
        construct="library settings",
        why="np.seterr and np.set_printoptions work on cells far below.",
        cells="""
# %%
import numpy as np

np.seterr(divide="ignore", invalid="raise")
np.set_printoptions(precision=2, suppress=True)
# %%
inf = np.array([1.0]) / 0
# %%
try:
    np.array([0.0]) / 0
    caught = False
except FloatingPointError:
    caught = True
# %%
shown = str(np.array([1.23456, 1e-9]))
""",
        exports=("inf", "caught", "shown"),
    ),
    Case(
        name="warnings_filters",
        construct="library settings",
        why="Warnings are silenced at the top and turned into errors later.",
        cells="""
# %%
import warnings
warnings.filterwarnings("ignore")
# %%
def old():
    warnings.warn("old", DeprecationWarning)
    return 1

value = old()
# %%
warnings.filterwarnings("error", category=UserWarning)
try:
    warnings.warn("now")
    raised = False
except UserWarning:
    raised = True
# %%
with warnings.catch_warnings(record=True) as got:
    warnings.simplefilter("always")
    old()
caught = [str(w.message) for w in got]
""",
        exports=("value", "raised", "caught"),
        loose=("got",),  # a caught warning names the file of its code, another one in each kernel
    ),
    Case(
        name="sklearn_config",
        construct="library settings",
        why="set_config makes every transformer below give frames.",
        cells="""
# %%
import sklearn
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

sklearn.set_config(transform_output="pandas")
# %%
X = load_iris(as_frame=True).data
# %%
scaled = StandardScaler().fit_transform(X)
# %%
parts = PCA(2, random_state=0).fit_transform(scaled)
names = list(parts.columns)
# %%
sklearn.set_config(transform_output="default")
plain = StandardScaler().fit_transform(X)
kind = type(plain).__name__
""",
        exports=("X", "scaled", "parts", "names", "plain", "kind"),
    ),
    Case(
        name="decimal_locale_recursion",
        construct="library settings",
        why="The decimal context, the recursion limit and a time zone are process-wide.",
        cells="""
# %%
import sys
from decimal import Decimal, getcontext

getcontext().prec = 6
sys.setrecursionlimit(5000)
# %%
third = Decimal(1) / Decimal(3)
# %%
def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)

deep = depth(2000)
# %%
getcontext().prec = 3
rough = Decimal(2) / Decimal(3)
""",
        exports=("third", "deep", "rough"),
    ),
    Case(
        name="monkey_patch",
        construct="global state",
        why="A method is added to DataFrame and a function of a module is replaced.",
        cells="""
# %%
import math
import pandas as pd

def span(self):
    return self.max() - self.min()

pd.Series.span = span
true_sqrt = math.sqrt
math.sqrt = lambda x: true_sqrt(abs(x))
# %%
s = pd.Series([1, 5, 9])
width = s.span()
# %%
root = math.sqrt(-16)
# %%
math.sqrt = true_sqrt
normal = math.sqrt(16)
""",
        exports=("s", "width", "root", "normal"),
    ),
    Case(
        name="pandas_accessor_registered",
        construct="global state",
        why="An accessor class is registered with pandas and used two cells on.",
        cells="""
# %%
import pandas as pd

@pd.api.extensions.register_dataframe_accessor("geo")
class Geo:
    def __init__(self, frame):
        self._frame = frame

    def centre(self):
        return (float(self._frame["x"].mean()), float(self._frame["y"].mean()))
# %%
places = pd.DataFrame({"x": [0, 2], "y": [1, 5]})
# %%
middle = places.geo.centre()
""",
        exports=("places", "middle"),
    ),
]
