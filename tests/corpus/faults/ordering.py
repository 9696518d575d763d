"""Order that nobody asked for: sets of words, hashes, and threads that finish when they like."""

from __future__ import annotations

from tests.corpus.case import Case

HASH = ("hash_order",)
THREADS = ("thread_order",)

CASES = [
    Case(
        name="payment_kinds_from_set",
        base="ledger",
        kinds=HASH,
        why="Payment methods are listed from a set.",
        add={"payments = Counter": "kinds = list(set(c.payment for c in customers))\nkinds"},
        at=("kinds = list(set",),
    ),
    Case(
        name="columns_from_set_difference",
        base="churn",
        kinds=HASH,
        why="The columns of the model come from a set difference; first seen in the scores.",
        swap={
            'features = ["tenure", "monthly_charges", "total_charges", "avg_charge", "new_customer", "senior_citizen"]': (
                'features = list(set(df.select_dtypes("number").columns) - {TARGET})'
            )
        },
        at=("features = list(set",),
    ),
    Case(
        name="hash_buckets",
        base="ledger",
        kinds=HASH,
        why="A train and test split by hash() of a text key.",
        add={
            "customers[0]": "# stable split by key\nis_test = [hash(f'{c.contract}-{c.charge}') % 5 == 0 for c in customers]",
            "revenue = sum(": "print('held out', sum(is_test), 'revenue', round(sum(c.charge for c, t in zip(customers, is_test) if t), 2))",
        },
        at=("is_test = [hash",),
    ),
    Case(
        name="tie_broken_by_set",
        base="bikes",
        kinds=HASH,
        why="The first of several equally long names is taken from a set.",
        add={
            "working = rides": "weathers = set(rides['month'] + ' ' + rides['weather'] + ' ' + rides['weekday'].astype(str))\n[w for w in weathers][:3]"
        },
        at=("weathers = set",),
    ),
    Case(
        name="label_codes_from_set",
        base="segments",
        kinds=HASH,
        why="Codes of a category are numbered in the order of a set, in a helper function.",
        add={
            "scaled = Standard": """
def encode(column):
    codes = {}
    for value in set(column):
        codes[value] = len(codes)
    return column.map(codes)

customers["payment_code"] = encode(customers["payment_method"])
""",
            "risky = profile": "customers.groupby('segment')['payment_code'].mean().round(3)",
        },
        at=("for value in set(column)",),
    ),
    Case(
        name="module_with_set",
        base="cancer",
        kinds=HASH,
        why="A local module picks columns from a set of names.",
        files={
            "selection.py": "def interesting(frame, n=4):\n    words = {c for c in frame.columns if 'worst' in c}\n    return [c for c in words][:n]\n"
        },
        add={
            "cells = pd.read": "import selection\nchosen = selection.interesting(cells)",
            "train, test = prep": "train[chosen].mean().round(2)",
        },
        at=("selection.interesting", "import selection"),
    ),
    Case(
        name="vocabulary_of_words",
        base="iris_numpy",
        kinds=HASH,
        why="A vocabulary is a set joined into a text.",
        add={"species\n": "' | '.join({n.upper() for n in names} | {'unknown', 'other', 'mixed'})"},
        swap={
            "species, y = np.unique(names, return_inverse=True)\nspecies": "species, y = np.unique(names, return_inverse=True)\nspecies\n"
        },
        at=("' | '.join",),
    ),
    Case(
        name="frozenset_loop",
        base="wine",
        kinds=HASH,
        why="A report loops over a frozenset, and the loop stands in a long cell.",
        swap={
            "rep.show()": "GROUPS = frozenset(['acid', 'colour', 'phenols', 'minerals', 'alcohol'])\nfor g in GROUPS:\n    rep.add('group ' + g, len(g))\nrep.show()"
        },
        at=("GROUPS = frozenset",),
    ),
    Case(
        name="dataframe_from_set_union",
        base="forecast",
        kinds=HASH,
        why="A table gets its columns from the union of two sets.",
        add={
            "tree = DecisionTree": 'keep = set(cols) | {"bikers", "registered", "season"}\ncorr = pd.DataFrame({c: b[c] for c in keep}).corr()\ncorr.iloc[0].round(3)'
        },
        at=("keep = set(cols)",),
    ),
    Case(
        name="as_completed_results",
        base="ledger",
        kinds=THREADS,
        why="Results are appended as futures complete.",
        add={
            "customers[0]": """
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

def price(contract):
    time.sleep(0.02)  # the real thing asks a slow service
    return contract, round(sum(c.charge for c in customers if c.contract == contract), 1)

jobs = []
with ThreadPoolExecutor(8) as pool:
    futures = [pool.submit(price, k) for k in ["Month-to-month", "One year", "Two year"] * 4]
    for done in as_completed(futures):
        jobs.append(done.result())
""",
            "payments = Counter": "for name, total in jobs:\n    print(name, total)",
        },
        at=("as_completed(futures)",),
    ),
    Case(
        name="threads_append",
        base="bikes",
        kinds=THREADS,
        why="Worker threads append to one list.",
        add={
            "working = rides": """
import threading, time
parts = []

def work(month_hour):
    part = rides[rides["hour"] == month_hour]
    time.sleep(0.01)
    parts.append((month_hour, len(part)))

threads = [threading.Thread(target=work, args=(h,)) for h in range(12)]
[t.start() for t in threads]; [t.join() for t in threads]
parts
"""
        },
        at=("parts.append",),
    ),
    Case(
        name="race_in_a_sum",
        base="ledger",
        kinds=THREADS,
        why="Threads add to a total without a lock and lose updates.",
        add={
            "revenue = sum(": """
import threading, time
total = 0

def add(part):
    global total
    for c in part:
        seen = total
        time.sleep(0)
        total = seen + 1

workers = [threading.Thread(target=add, args=(customers[i::4],)) for i in range(4)]
for w in workers: w.start()
for w in workers: w.join()
total
"""
        },
        at=("total = seen + 1",),
    ),
    Case(
        name="queue_of_results",
        base="iris_numpy",
        kinds=THREADS,
        why="A queue is emptied in the order in which threads filled it.",
        add={
            "C = Z.T": """
import queue, threading, time
q = queue.Queue()
def column_mean(j):
    time.sleep(0.01)
    q.put((j, round(float(raw[:, j % 4].mean()), 3)))
ts = [threading.Thread(target=column_mean, args=(j,)) for j in range(10)]
for t in ts: t.start()
for t in ts: t.join()
means = [q.get() for _ in range(10)]
""",
            "values, vectors": "means",
        },
        at=("q.put",),
    ),
    Case(
        name="imap_unordered",
        base="segments",
        kinds=THREADS,
        why="imap_unordered of a thread pool, first seen in a table built later.",
        add={
            "scaled = Standard": """
from multiprocessing.pool import ThreadPool
import time
def one(k):
    time.sleep(0.01)
    return k, round(float(scaled[:, k % 3].std() + k), 2)
with ThreadPool(6) as pool:
    stats = list(pool.imap_unordered(one, range(12)))
""",
            "risky = profile": "pd.DataFrame(stats, columns=['k', 'spread']).head(8)",
        },
        at=("imap_unordered",),
    ),
]
