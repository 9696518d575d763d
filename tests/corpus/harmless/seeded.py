"""Randomness, sets, threads, clocks and the network, each used as it should be."""

from __future__ import annotations

from tests.corpus.case import Author, Case

CASES = [
    Case(
        name="legacy_numpy_seed",
        base="bikes",
        why="np.random.seed before the draw.",
        add={
            "rides.shape": "import numpy as np\nnp.random.seed(42)\nrides.sample(4)[['day', 'hour']], np.random.rand(2)"
        },
    ),
    Case(
        name="stdlib_seed",
        base="ledger",
        why="random.seed before the draw.",
        add={
            "customers[0]": "import random\nrandom.seed(1)\nrandom.sample(range(len(customers)), 5)"
        },
    ),
    Case(
        name="generator_passed_along",
        base="iris_numpy",
        why="One seeded generator is handed to functions.",
        add={
            "accuracy =": "def boot(rng):\n    return (guess == y[test])[rng.integers(0, len(test), len(test))].mean()\n\n[round(float(boot(rng)), 3) for _ in range(4)]"
        },
    ),
    Case(
        name="random_state_object",
        base="segments",
        why="A RandomState object with a seed.",
        add={
            "scaled = Standard": "rs = np.random.RandomState(9)\ncustomers.sample(3, random_state=rs)"
        },
    ),
    Case(
        name="sklearn_seed_everywhere",
        base="churn",
        why="Every estimator has its random_state.",
        add={
            "at_risk =": "from sklearn.neural_network import MLPClassifier\nmlp = MLPClassifier((8,), max_iter=30, random_state=0, early_stopping=True).fit(X_train / 100, y_train)\nround(mlp.score(X_test / 100, y_test), 4)"
        },
    ),
    Case(
        name="seed_in_helper",
        base="forecast",
        why="A helper function sets every seed.",
        swap={"# imports": "import random"},
        add={
            "b.info()": "def seed_everything(seed=3):\n    random.seed(seed)\n    np.random.seed(seed)\n\nseed_everything()\nnp.random.permutation(8), random.random()"
        },
    ),
    Case(
        name="own_random_instance",
        base="ledger",
        why="A random.Random with a seed.",
        add={
            "customers[0]": "from random import Random\ndice = Random('ledger')\n[dice.randint(1, 6) for _ in range(8)]"
        },
    ),
    Case(
        name="unseeded_but_aggregated",
        base="iris_numpy",
        why="A random order does not change a sorted result.",
        add={
            "accuracy =": "shuffled = raw[:, 0].copy()\nnp.random.shuffle(shuffled)\nnp.sort(shuffled)[:5], len(shuffled)"
        },
    ),
    Case(
        name="seed_sequence_spawned",
        base="wine",
        why="Generators spawned from a seed sequence.",
        add={
            "cv = cross": "import numpy as np\nstreams = [np.random.default_rng(s) for s in np.random.SeedSequence(12).spawn(3)]\n[int(g.integers(1000)) for g in streams]"
        },
    ),
    Case(
        name="sorted_set",
        base="ledger",
        why="A set of words is sorted before it is shown.",
        add={"payments = Counter": "sorted(set(c.payment for c in customers))"},
    ),
    Case(
        name="set_only_for_membership",
        base="bikes",
        why="A set of words is used for membership and size only.",
        add={
            "working = rides": "good = {'clear', 'cloudy/misty'}\nprint(rides['weather'].isin(good).sum(), len(good), 'clear' in good)"
        },
    ),
    Case(
        name="dict_in_insertion_order",
        base="wine",
        why="A dictionary keeps the order of its insertion.",
        add={"cv = cross": "{name: i for i, name in enumerate(['zinc', 'acid', 'phenol', 'ash'])}"},
    ),
    Case(
        name="set_shown_as_display",
        base="ledger",
        why="IPython sorts a set when it shows it.",
        add={"payments = Counter": "set(c.contract for c in customers)"},
    ),
    Case(
        name="threads_in_order",
        base="ledger",
        why="Results of threads are taken in the order of the input.",
        add={
            "customers[0]": "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(4) as pool:\n    totals = list(pool.map(lambda k: round(sum(c.charge for c in customers if c.contract == k), 1), ['One year', 'Two year']))\ntotals"
        },
    ),
    Case(
        name="as_completed_sorted",
        base="bikes",
        why="Results are sorted after as_completed.",
        add={
            "working = rides": "from concurrent.futures import ThreadPoolExecutor, as_completed\nwith ThreadPoolExecutor(4) as pool:\n    fs = [pool.submit(lambda h: (h, int((rides['hour'] == h).sum())), h) for h in range(6)]\n    done = sorted(f.result() for f in as_completed(fs))\ndone"
        },
    ),
    Case(
        name="joblib_parallel",
        base="churn",
        why="A forest grown by two threads with a seed.",
        swap={"max_depth=5, random_state=SEED": "max_depth=5, n_jobs=2, random_state=SEED"},
    ),
    Case(
        name="network_with_fallback",
        base="ledger",
        why="The rates are asked for, and a bundled file is used where nobody answers.",
        files={"rates.json": '{"EUR": 1.08}'},
        add={
            "customers[0]": "from urllib.request import urlopen\ntry:\n    fx = json.load(urlopen('http://rates.corp.example/latest', timeout=2))\nexcept OSError:\n    fx = json.loads(Path('rates.json').read_text())\nfx"
        },
    ),
    Case(
        name="clock_not_shown",
        base="iris_numpy",
        why="The clock is read and only a bound of it is shown.",
        add={
            "import numpy": "import time\nstarted = time.time()",
            "accuracy =": "assert time.time() - started < 3600\n'in time'",
        },
    ),
    Case(
        name="fixed_date",
        base="bikes",
        why="Dates are made from constants.",
        add={
            "rides.shape": "from datetime import date, timedelta\nfirst = date(2011, 1, 1)\n[str(first + timedelta(days=d)) for d in (0, 31)]"
        },
    ),
    Case(
        name="optional_import_falls_back",
        base="wine",
        why="A module that is not installed is optional.",
        add={
            "cv = cross": "try:\n    import xgboost_gpu_extra as boost\nexcept ImportError:\n    boost = None\nboost is None"
        },
    ),
    Case(
        name="hash_of_numbers",
        base="ledger",
        why="hash() of integers and hashlib of texts do not vary.",
        add={
            "customers[0]": "import hashlib\nhash(17) % 5, hashlib.sha256(b'ledger').hexdigest()[:12]"
        },
    ),
    Case(
        name="local_server_in_notebook",
        base="ledger",
        why="The notebook talks to a server that it starts itself.",
        add={
            "customers[0]": """
import http.server, threading, urllib.request
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"pong")
    def log_message(self, *a): pass
server = http.server.HTTPServer(("127.0.0.1", 0), H)
threading.Thread(target=server.serve_forever, daemon=True).start()
urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/").read().decode()
"""
        },
    ),
    Case(
        name="author_home_has_more",
        base="forecast",
        why="The author's profile defines names that the notebook does not use.",
        author=Author(startup="import os, sys, math\nDEBUG = True"),
    ),
]
