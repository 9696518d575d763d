"""Objects that no file holds: connections, lambdas, generators, open files, locks."""

from __future__ import annotations

from tests.pipelines.case import Case, Facts

CASES = [
    Case(
        name="sqlite_connection",
        construct="unserialisable",
        why="A connection in memory is used in several cells; its tables live in it alone.",
        cells="""
# %%
import sqlite3
import pandas as pd

con = sqlite3.connect(":memory:")
# %%
pd.DataFrame({"k": [1, 2, 3], "v": [10, 20, 30]}).to_sql("t", con, index=False)
# %%
con.execute("insert into t values (4, 40)")
con.commit()
# %%
rows = pd.read_sql("select * from t where v > 10", con)
# %%
total = con.execute("select sum(v) from t").fetchone()[0]
con.close()
""",
        exports=("rows", "total"),
        facts=Facts(together=(("sqlite3.connect", "insert into", "read_sql"),)),
    ),
    Case(
        name="lambda_in_transformer",
        construct="unserialisable",
        why="A lambda in a FunctionTransformer cannot be pickled; its pipeline is used later.",
        cells="""
# %%
import numpy as np
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

X = np.arange(1.0, 21.0).reshape(-1, 1)
y = np.log(X).ravel() * 3
# %%
pipe = make_pipeline(FunctionTransformer(lambda a: np.log(a)), LinearRegression())
# %%
pipe.fit(X, y)
# %%
prediction = pipe.predict([[30.0]])
slope = pipe[-1].coef_[0]
""",
        exports=("X", "y", "prediction", "slope"),
    ),
    Case(
        name="generator_over_two_cells",
        construct="unserialisable",
        why="A generator is begun in one cell and finished in another.",
        cells="""
# %%
def numbers():
    n = 0
    while True:
        n += 3
        yield n

stream = numbers()
# %%
head = [next(stream) for _ in range(3)]
# %%
unrelated = "text".upper()
# %%
tail = [next(stream) for _ in range(2)]
# %%
total = sum(head + tail)
""",
        exports=("head", "unrelated", "tail", "total"),
        facts=Facts(together=(("def numbers", "head =", "tail ="),)),
    ),
    Case(
        name="iterator_and_zip",
        construct="unserialisable",
        why="zip, iter, map and enumerate keep a place that later cells go on from.",
        cells="""
# %%
letters = iter("abcdef")
numbered = zip(letters, range(10))
# %%
one = next(numbered)
# %%
skipped = next(letters)
two = next(numbered)
# %%
rest = list(letters)
lengths = map(len, ["aa", "b"])
# %%
longest = max(lengths)
empty = list(lengths)
""",
        expect="either",
        exports=("one", "skipped", "two", "rest", "longest", "empty"),
    ),
    Case(
        name="open_file_over_cells",
        construct="unserialisable",
        why="A file is opened in one cell, read in the next, closed in a third.",
        files={"words.txt": "alpha\nbeta\ngamma\ndelta\n"},
        cells="""
# %%
handle = open("words.txt", encoding="utf-8")
# %%
first = handle.readline().strip()
# %%
rest = [line.strip() for line in handle]
# %%
handle.close()
longest = max(rest, key=len)
""",
        exports=("first", "rest", "longest"),
        facts=Facts(together=(("open(", "readline", "for line in"),)),
    ),
    Case(
        name="lock_and_threads",
        construct="unserialisable",
        why="A lock guards a counter over cells, and a pool of threads is shut down at the end.",
        cells="""
# %%
import threading
from concurrent.futures import ThreadPoolExecutor

lock = threading.Lock()
count = 0

def work(n):
    global count
    with lock:
        count += n
    return n * n
# %%
pool = ThreadPoolExecutor(2)
# %%
squares = list(pool.map(work, range(5)))
# %%
more = list(pool.map(work, [10]))
pool.shutdown()
# %%
final = count
""",
        exports=("squares", "more", "count", "final"),
        loose=("pool",),
    ),
    Case(
        name="logger",
        construct="unserialisable",
        why="A logger with a handler of its own writes into a list.",
        cells="""
# %%
import logging

class Keep(logging.Handler):
    def __init__(self, into):
        super().__init__()
        self.into = into
    def emit(self, record):
        self.into.append(record.getMessage())

lines = []
logger = logging.getLogger("study")
logger.setLevel(logging.INFO)
logger.addHandler(Keep(lines))
# %%
logger.info("start %d", 1)
values = [v / 2 for v in range(4)]
# %%
logger.debug("not kept")
logger.info("end")
# %%
kept = len(lines)
""",
        exports=("lines", "values", "kept"),
    ),
    Case(
        name="logger_plain",
        construct="unserialisable",
        why="The usual logger at the top; every step logs.",
        cells="""
# %%
import logging
logging.basicConfig(level=logging.WARNING)
log = logging.getLogger(__name__)
# %%
log.info("load")
data = {"a": 1, "b": 2}
# %%
log.warning("%d keys", len(data))
keys = sorted(data)
# %%
log.info("done")
joined = ",".join(keys)
""",
        exports=("data", "keys", "joined"),
    ),
    Case(
        name="temporary_directory",
        construct="unserialisable",
        why="A temporary folder object lives over cells; files in it go with it.",
        cells="""
# %%
import tempfile
from pathlib import Path

tmp = tempfile.TemporaryDirectory()
place = Path(tmp.name)
# %%
(place / "a.txt").write_text("seven")
# %%
text = (place / "a.txt").read_text()
# %%
tmp.cleanup()
gone = place.exists()
length = len(text)
""",
        exports=("text", "gone", "length"),
        loose=("place", "tmp"),
    ),
    Case(
        name="string_buffer",
        construct="unserialisable",
        why="StringIO keeps a position; csv readers and writers on it keep it too.",
        cells="""
# %%
import csv
import io

buffer = io.StringIO()
writer = csv.writer(buffer)
# %%
writer.writerow(["a", "b"])
# %%
writer.writerows([[1, 2], [3, 4]])
# %%
buffer.seek(0)
header = buffer.readline().strip()
# %%
rows = list(csv.reader(buffer))
""",
        exports=("header", "rows"),
    ),
    Case(
        name="weak_references_and_ids",
        construct="unserialisable",
        why="A weak reference and a chain of iterators die and live by who holds them.",
        cells="""
# %%
import weakref

class Big:
    pass

big = Big()
ref = weakref.ref(big)
# %%
alive = ref() is big
# %%
del big
dead = ref() is None
# %%
answer = (alive, dead)
""",
        expect="either",
        exports=("alive", "dead", "answer"),
    ),
]
