"""Imports and set-up in odd places."""

from __future__ import annotations

from tests.pipelines.case import Case, Facts

CASES = [
    Case(
        name="late_imports",
        construct="imports",
        why="Each cell imports what it needs, some of it again, some under another name.",
        cells="""
# %%
numbers = [1.0, 4.0, 9.0]
import math
roots = [math.sqrt(n) for n in numbers]
# %%
import numpy
import numpy as np
from math import log as ln, exp
grown = np.array([exp(ln(n)) for n in numbers])
# %%
from collections import Counter, OrderedDict as OD
counts = Counter(int(r) % 2 for r in roots)
ordered = OD(sorted(counts.items()))
# %%
import os.path, json as js
text = js.dumps({"base": os.path.basename("/a/b.txt"), "mean": float(numpy.mean(grown))})
""",
        exports=("numbers", "roots", "grown", "counts", "ordered", "text"),
    ),
    Case(
        name="import_in_every_cell",
        construct="imports",
        why="Each cell imports the same again, as cells do that are meant to be copied.",
        cells="""
# %%
import numpy as np
import json
base = np.arange(6)
# %%
import numpy as np
import json
doubled = base * 2
# %%
import json
import numpy as np
text = json.dumps(doubled.tolist())
# %%
import numpy as np
import json
back = np.array(json.loads(text))
""",
        exports=("base", "doubled", "text", "back"),
    ),
    Case(
        name="star_import",
        construct="star import",
        why="A star import gives names that later cells use, one of which hides a builtin.",
        cells="""
# %%
from math import *
from statistics import *
# %%
angles = [0, pi / 6, pi / 4]
sines = [sin(a) for a in angles]
# %%
middle = median(sines)
power = pow(2, 3)
kind = type(power).__name__
""",
        exports=("angles", "sines", "middle", "power", "kind"),
    ),
    Case(
        name="star_import_overrides",
        construct="star import",
        why="A star import after a definition replaces the definition.",
        cells="""
# %%
def floor(x):
    return "mine"


before = floor(2.7)
# %%
from math import *
# %%
after = floor(2.7)
e_is = round(e, 3)
""",
        exports=("before", "after", "e_is"),
    ),
    Case(
        name="try_import",
        construct="try/except import",
        why="An optional package that is not there, and a fallback name.",
        cells="""
# %%
try:
    import a_package_nobody_has as fast
except ImportError:
    import json as fast
    HAS_FAST = False
else:
    HAS_FAST = True
# %%
try:
    from another_missing_one import tqdm
except ImportError:
    def tqdm(things):
        return things
# %%
rows = [fast.dumps({"k": k}) for k in tqdm(range(3))]
flag = HAS_FAST
""",
        exports=("rows", "flag"),
    ),
    Case(
        name="conditional_import",
        construct="imports",
        why="Imports inside an if, inside a function and inside a loop.",
        cells="""
# %%
import sys

if sys.version_info >= (3, 11):
    import tomllib as reader
else:
    reader = None
# %%
def decode(text):
    from base64 import b64decode
    return b64decode(text).decode()


plain = decode("aGVsbG8=")
# %%
for module in ("math", "cmath"):
    import importlib
    loaded = importlib.import_module(module)
root = loaded.sqrt(-1)
# %%
config = reader.loads("a = 1") if reader else {"a": 1}
""",
        exports=("plain", "root", "config", "module"),
    ),
    Case(
        name="module_alias",
        construct="module alias",
        why="A module is bound to further names, put in a container, and handed to a function.",
        cells="""
# %%
import math
import statistics

m = math
engines = {"stat": statistics, "math": m}
# %%
def circle(lib, r):
    return lib.pi * r * r


area = circle(m, 2)
# %%
mean = engines["stat"].mean([1, 2, 4])
root = engines["math"].sqrt(area)
""",
        exports=("area", "mean", "root"),
    ),
    Case(
        name="module_attribute_set",
        construct="global state",
        why="A constant of a module is changed; functions of the module read it afterwards.",
        files={"prices.py": "RATE = 1.0\n\n\ndef gross(net):\n    return net * (1 + RATE)\n"},
        cells="""
# %%
import prices
# %%
before = prices.gross(100)
# %%
prices.RATE = 0.2
# %%
after = prices.gross(100)
# %%
total = before + after
""",
        exports=("before", "after", "total"),
    ),
    Case(
        name="local_module",
        construct="local modules",
        why="A module and a package lie beside the notebook; one is found through sys.path.",
        files={
            "features.py": "def ratio(a, b):\n    return a / b\n\n\nSCALE = 10\n",
            "lib/shapes.py": "import math\n\n\ndef area(r):\n    return math.pi * r**2\n",
            "tools/__init__.py": "from tools.inner import twice\n",
            "tools/inner.py": "def twice(x):\n    return 2 * x\n",
        },
        cells="""
# %%
import sys

sys.path.insert(0, "lib")
# %%
from features import SCALE, ratio
import tools
from shapes import area
# %%
r = ratio(3, 4) * SCALE
# %%
a = area(r)
both = tools.twice(a)
""",
        exports=("r", "a", "both"),
    ),
    Case(
        name="imports_at_the_end",
        construct="imports",
        why="A function is defined before the import it needs, and called after.",
        cells="""
# %%
def spread(values):
    return np.std(values), deque(values, maxlen=2)
# %%
data = [1, 2, 3, 4]
# %%
import numpy as np
from collections import deque
# %%
deviation, tail = spread(data)
""",
        exports=("data", "deviation", "tail"),
    ),
    Case(
        name="setup_in_the_middle",
        construct="imports",
        why="Constants, imports and helpers come in the middle of work, under a heading of work.",
        cells="""
# %%
import pandas as pd
raw = pd.DataFrame({"t": [1, 2, 3, 4, 5, 6], "v": [2.0, None, 3.5, 4.0, None, 9.0]})
# %% [markdown]
## Fill
# %%
from functools import reduce
METHOD = "linear"

def fill(frame, method=METHOD):
    return frame.assign(v=frame["v"].interpolate(method))
filled = fill(raw)
# %% [markdown]
## Fold
# %%
import operator
product = reduce(operator.mul, filled["v"])
THRESHOLD = 5
high = filled[filled["v"] > THRESHOLD]
""",
        exports=("raw", "filled", "product", "high"),
        facts=Facts(takes={"product =": ("filled",)}),
    ),
]
