"""Magics and shell lines."""

from __future__ import annotations

from tests.pipelines.case import Case

CASES = [
    Case(
        name="timing_magics",
        construct="%time",
        why="%time and %%time run code that binds names; %timeit does not.",
        cells="""
# %%
%time squares = [k * k for k in range(1000)]
# %%
%%time
total = sum(squares)
half = total // 2
# %%
%timeit -n1 -r1 sum(squares)
# %%
best = max(squares) + half
""",
        exports=("squares", "total", "half", "best"),
    ),
    Case(
        name="capture_magic",
        construct="%%capture",
        why="%%capture binds what a cell printed, and the cell binds names.",
        cells="""
# %%
%%capture out
value = 6 * 7
print("value is", value)
# %%
text = out.stdout.strip()
# %%
%%capture --no-stderr
quiet = value + 1
print("not seen")
# %%
total = quiet + len(text)
""",
        expect="either",
        exports=("value", "text", "quiet", "total"),
        loose=("out",),
    ),
    Case(
        name="shell_lines",
        construct="shell lines",
        why="!echo with a variable, and x = !ls, whose lines are used.",
        files={"a.csv": "1\n", "b.csv": "2\n3\n", "notes.txt": "x\n"},
        cells="""
# %%
name = "world"
!echo hello {name}
# %%
files = !ls *.csv
# %%
counts = {}
for file in files:
    lines = !cat {file}
    counts[file] = len(lines)
# %%
said = !echo $name
total = sum(counts.values())
greeting = said[0]
""",
        exports=("name", "files", "counts", "lines", "said", "total", "greeting"),
    ),
    Case(
        name="shell_installs",
        construct="shell lines",
        why="Lines that every notebook has at its top and that no pipeline needs.",
        cells="""
# %%
# !pip install pandas
!python --version
%config InlineBackend.figure_format = "retina"
%load_ext autoreload
%autoreload 2
# %%
import pandas as pd
df = pd.DataFrame({"a": [1, 2]})
# %%
!date +%Y > /dev/null
total = int(df["a"].sum())
""",
        exports=("df", "total"),
    ),
    Case(
        name="load_ext_nbext",
        construct="%load_ext",
        why="The notebook loads our own extension and proposes nothing with it.",
        cells="""
# %%
%load_ext nbext
import math
# %%
r = 2.0
# %%
area = math.pi * r ** 2
""",
        exports=("r", "area"),
    ),
    Case(
        name="writefile_magic",
        construct="%%writefile",
        why="A module is written by one cell and imported by the next.",
        cells="""
# %%
%%writefile helper_mod.py
def triple(x):
    return 3 * x
# %%
import helper_mod
# %%
nine = helper_mod.triple(3)
""",
        expect="either",
        exports=("nine",),
    ),
    Case(
        name="get_ipython_calls",
        construct="get_ipython()",
        why="The shell is asked for a magic, and whether it is there at all.",
        cells="""
# %%
ip = get_ipython()
ip.run_line_magic("matplotlib", "inline")
# %%
try:
    get_ipython
    interactive = True
except NameError:
    interactive = False
# %%
steps = 5 if interactive else 500
""",
        expect="either",
        exports=("interactive", "steps"),
        loose=("ip",),
    ),
    Case(
        name="bash_and_html_cells",
        construct="cell magics",
        why="Cells that are no Python at all: %%bash writes a file, %%html and %%javascript show.",
        cells="""
# %%
%%bash
printf '1\\n2\\n3\\n' > numbers.txt
# %%
%%html
<b>not python: x = </b>
# %%
numbers = [int(line) for line in open("numbers.txt")]
# %%
%%javascript
console.log("x = 1")
# %%
total = sum(numbers)
""",
        expect="either",
        exports=("numbers", "total"),
    ),
    Case(
        name="question_marks_and_percent",
        construct="magics",
        why="Help with ?, automagic, %who and a modulo at the start of a continued line.",
        cells="""
# %%
import math
math.sqrt?
# %%
a = (17
     % 5)
%who
# %%
%pwd
b = a % 2
# %%
len?
c = [a, b]
""",
        exports=("a", "b", "c"),
    ),
]
