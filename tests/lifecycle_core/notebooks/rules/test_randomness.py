"""NB3xx: what must be found, and what must not."""

from __future__ import annotations

import inspect
from importlib import import_module

import pytest
from sklearn.utils import all_estimators

from lifecycle_core.notebooks import randomness
from tests.lifecycle_core.notebooks.rules.reading import findings, found

NUMPY = "import numpy as np\n"
SPLIT = "from sklearn.model_selection import *\n"


@pytest.mark.parametrize(
    "source",
    [
        "import numpy as np\nnp.random.rand(3)",
        "from numpy import random as r\nr.normal()",
        "from numpy.random import rand\nrand(3)",
        "import numpy\nnumpy.random.shuffle([1])",
        "import numpy as np\nnp.random.default_rng()",
        "import numpy as np\nnp.random.default_rng(None)",
        "from numpy.random import default_rng as g\nseed = None\ng(seed=seed)",
        "import numpy as np\nnp.random.RandomState()",
        "import random\nrandom.random()",
        "import random as rnd\nrnd.Random()",
        "from random import choice\nchoice([1, 2])",
        "import secrets\nsecrets.token_hex()",
        "from uuid import uuid4\nuuid4()",
        "import os\nos.urandom(3)",
        "import torch\ntorch.randn(3)",
        "import pandas as pd\ndf = pd.read_csv('a.csv')\ndf.sample(5)",
        "import pandas as pd\nload().sample(frac=0.5)\ndef load(): ...",
        "import numpy as np\ndef f():\n    return np.random.rand()\nf()",
        "import numpy as np\nnp.random.rand(3)\nnp.random.seed(0)",
    ],
)
def test_draws_that_nothing_has_seeded(source: str) -> None:
    assert [severity for _, _, severity in found("NB301", source)] == ["warning"]


@pytest.mark.parametrize(
    "cells",
    [
        ("import numpy as np\nnp.random.seed(0)", "np.random.rand(3)"),
        ("import numpy as np\nrng = np.random.default_rng(42)\nrng.normal(3)",),
        ("import numpy as np\nSEED = 7\nrng = np.random.default_rng(SEED)",),
        ("import numpy as np\nrng = np.random.default_rng(seed=1)",),
        ("import numpy as np\nrs = np.random.RandomState(0)\nrs.rand(3)",),
        ("import random\nrandom.seed(1)\nrandom.random()\nrandom.shuffle([1])",),
        ("import random\nr = random.Random(3)\nr.random()\nr.sample([1], 1)",),
        ("import random, numpy as np\ndef seed_all(s):\n    random.seed(s)\n    np.random.seed(s)",
         "seed_all(0)", "random.random(), np.random.rand()"),
        ("from mylab import set_seed\nset_seed(3)", "import numpy as np\nnp.random.rand()"),
        ("import pytorch_lightning as pl\npl.seed_everything(1)\nimport torch\ntorch.rand(2)",),
        ("import pandas as pd\ndf = pd.DataFrame()\ndf.sample(3, random_state=0)",),
        ("import pandas as pd\nimport numpy as np\nnp.random.seed(1)\npd.DataFrame().sample(3)",),
        ("import polars as pl\ndf = pl.DataFrame()\ndf.sample(3, seed=0)",),
        ("import torch\nd = torch.distributions.Normal(0, 1)\nd.sample()",),
        ("import torch\ntorch.manual_seed(0)\ntorch.rand(2)",),
        ("import numpy as np\ndef never_called():\n    return np.random.rand()",),
        ("import numpy as np\ndef f():\n    return np.random.rand()", "np.random.seed(0)", "f()"),
        ("random = 3\nprint(random)\ndef choice(x): return x\nchoice([1])",),
        ("def f(random):\n    return random.random()\nf(1)",),
        ("import keras\nkeras.utils.set_random_seed(1)\nimport numpy as np\nnp.random.rand()",),
        ("import numpy as np\nopts = {}\nnp.random.default_rng(**opts)",),
        ("import numpy as np\nnp.random.SeedSequence(5)\nnp.random.Generator(np.random.PCG64(1))",),
        ("env = object()\nenv.action_space.sample()",),
    ],
)  # fmt: skip
def test_draws_that_are_seeded(cells: tuple[str, ...]) -> None:
    assert found("NB301", *cells) == []


@pytest.mark.parametrize(
    "call",
    [
        "model_selection.train_test_split(X, y)",
        "model_selection.train_test_split(X, y, random_state=None)",
        "model_selection.KFold(5, shuffle=True)",
        "model_selection.ShuffleSplit()",
        "ensemble.RandomForestClassifier(n_estimators=10)",
        "ensemble.GradientBoostingRegressor(subsample=0.5)",
        "cluster.KMeans(3)",
        "manifold.TSNE()",
        "decomposition.PCA(2, svd_solver='randomized')",
        "linear_model.SGDClassifier()",
        "linear_model.LogisticRegression(solver='saga')",
        "datasets.make_moons(100)",
        "inspection.permutation_importance(m, X, y)",
        "neural_network.MLPClassifier()",
        "utils.shuffle(X)",
    ],
)
def test_estimators_that_draw(call: str) -> None:
    module = call.partition(".")[0]
    source = f"from sklearn import {module}\nX = y = m = 0\n{call}"
    assert found("NB302", source) == [(0, 3, "warning")]


@pytest.mark.parametrize(
    "source",
    [
        "from sklearn.model_selection import train_test_split as t\nt([1], random_state=0)",
        "from sklearn.model_selection import train_test_split as t\nt([1], shuffle=False)",
        "from sklearn.model_selection import KFold, cross_val_score\nKFold(5)",
        "from sklearn.linear_model import LogisticRegression as L\nL(C=1)\nL(solver='lbfgs')",
        "from sklearn.ensemble import GradientBoostingClassifier\nGradientBoostingClassifier()",
        "from sklearn.ensemble import HistGradientBoostingClassifier as H\nH()",
        "from sklearn.decomposition import PCA\nPCA(2)",
        "from sklearn.svm import SVC\nSVC()",
        "import numpy as np\nnp.random.seed(0)\nfrom sklearn.cluster import KMeans\nKMeans(3)",
        "from sklearn.cluster import KMeans\nSEED = 1\nKMeans(3, random_state=SEED)",
        "from sklearn.cluster import KMeans\nopts = dict(random_state=0)\nKMeans(**opts)",
        "from sklearn.cluster import KMeans\nm = KMeans\nm.set_params(random_state=0)\nKMeans(2)",
        "from sklearn.cluster import KMeans\ndef unused():\n    return KMeans(3)",
        "class KMeans:\n    pass\nKMeans()",
        "from xgboost import XGBClassifier\nXGBClassifier()",
        "from sklearn.tree import DecisionTreeClassifier\nDecisionTreeClassifier()",
    ],
)
def test_estimators_that_do_not(source: str) -> None:
    assert found("NB302", source) == []


def test_the_table_knows_every_estimator_that_takes_a_seed() -> None:
    taking = {
        name
        for name, estimator in all_estimators()
        if "random_state" in inspect.signature(estimator).parameters
    }
    judged_still = {  # draw by no default, or not in a way that reaches results
        "ARDRegression", "ClassifierChain", "FactorAnalysis", "KernelPCA", "LinearSVC", "LinearSVR",
        "LabelSpreading", "ElasticNetCV", "LassoCV", "Lars", "LassoLars", "LassoLarsIC", "LarsCV",
        "MultiTaskElasticNet", "MultiTaskElasticNetCV", "MultiTaskLasso", "MultiTaskLassoCV",
        "RegressorChain", "HuberRegressor", "GaussianProcessClassifier", "GaussianProcessRegressor",
        "SelfTrainingClassifier", "AffinityPropagation", "TunedThresholdClassifierCV",
        "PatchExtractor",
        "LocallyLinearEmbedding",
    }  # fmt: skip
    known = randomness.ESTIMATORS.keys() | randomness.CONDITIONAL.keys() | judged_still
    assert taking - known == set()


def test_the_table_names_what_there_is() -> None:
    wrong = []
    for name, module in randomness.ESTIMATORS.items():
        if module.startswith("sklearn") and name != "HalvingRandomSearchCV":
            try:
                wrong += [] if hasattr(import_module(module), name) else [name]
            except ImportError:
                wrong.append(name)
    assert wrong == []


@pytest.mark.parametrize(
    "source",
    [
        "import time, numpy as np\nnp.random.seed(int(time.time()))",
        "import random\nrandom.seed()",
        "import numpy as np\nnp.random.seed(None)",
        "import random\nrandom.seed(hash('a'))",
        "import time\nseed = int(time.time())\nimport numpy as np\nnp.random.default_rng(seed)",
        "import os\nfrom sklearn.cluster import KMeans\nKMeans(3, random_state=os.getpid())",
    ],
)
def test_seeds_that_are_none(source: str) -> None:
    assert [severity for _, _, severity in found("NB303", source)] == ["warning"]


@pytest.mark.parametrize(
    "source",
    [
        "import numpy as np\nnp.random.seed(42)",
        "import random\nrandom.seed('text')",
        "import numpy as np\nS = 3\nnp.random.seed(S + 1)",
        "import random\nrandom.seed(hash(3))",
        "import numpy as np\nfor s in range(3):\n    np.random.seed(s)",
        "from sklearn.cluster import KMeans\nKMeans(3, random_state=7)",
    ],
)
def test_seeds_that_are(source: str) -> None:
    assert found("NB303", source) == []


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("c = list(set(['a', 'b']))", 1),
        ("s = {'a', 'b'}\nfor x in s:\n    print(x)", 2),
        ("s = set('ab')\nrows = [x for x in s]", 2),
        ("import pandas as pd\ndf = pd.DataFrame()\ndf[list(set(df.columns) - {'y'})]", 3),
        ("', '.join({'a', 'b'})", 1),
        ("s = {'a', 'b'}\ns.pop()", 2),
        ("hash('a')", 1),
        ("print(set('abc'))", 1),
        ("codes = {}\nfor w in set('ab'):\n    codes[w] = len(codes)", 2),
        ("d = {w: i for i, w in enumerate(set('ab'))}", 1),
    ],
)
def test_orders_of_sets(source: str, line: int) -> None:
    assert found("NB304", source) == [(0, line, "warning")]


@pytest.mark.parametrize(
    "source",
    [
        "sorted(set('ab'))",
        "len(set('ab')), max(set('ab')), 'a' in set('ab')",
        "c = list(set('ab'))\nc.sort()",
        "for x in sorted({'a', 'b'}):\n    print(x)",
        "total = sum(len(x) for x in {'a', 'b'})",
        "list({1, 2, 3})",
        "list(set(range(3)))",
        "set('ab') - set('b')",
        "d = {'a': 1}\nfor k in d:\n    print(k)",
        "s = set()\nfor x in s:\n    s2 = x",
        "hash(3)",
        "class A:\n    def __hash__(self):\n        return hash(self.a)\nA()",
        "q = [1]\nq.pop()",
        "sorted(x for x in set('ab'))",
        "{x for x in set('ab')}",
        "list(dict.fromkeys('ab'))",
    ],
)
def test_orders_that_do_not_show(source: str) -> None:
    assert found("NB304", source) == []


def test_lists_of_files() -> None:
    assert found("NB305", "import glob\nfor p in glob.glob('*.csv'):\n    print(p)") == [
        (0, 2, "info")
    ]
    assert found("NB305", "from pathlib import Path\nx = list(Path('d').iterdir())") != []
    assert found("NB305", "import os\nsorted(os.listdir('.'))\nlen(os.listdir('.'))") == []
    assert found("NB305", "import os\nf = os.listdir('.')\nf.sort()") == []


POOL = "from concurrent.futures import ThreadPoolExecutor, as_completed\nfs, rows = [], []\n"


@pytest.mark.parametrize(
    "source",
    [
        POOL + "for f in as_completed(fs):\n    rows.append(f.result())",
        POOL + "rows = [f.result() for f in as_completed(fs)]",
        "from multiprocessing import Pool\np = Pool()\nr = list(p.imap_unordered(str, [1]))",
        POOL + "def work(x):\n    rows.append(x)\nex = ThreadPoolExecutor()\nex.submit(work, 1)",
        (
            "import queue, threading\nq = queue.Queue()\ndef w():\n    q.put(1)\n"
            "threading.Thread(target=w)"
        ),
        "import threading\nrows = []\ndef w():\n    rows.append(1)\nthreading.Thread(target=w)",
    ],
)
def test_orders_of_threads(source: str) -> None:
    assert [severity for _, _, severity in found("NB306", source)] == ["warning"]


@pytest.mark.parametrize(
    "source",
    [
        POOL + "with ThreadPoolExecutor() as ex:\n    rows = list(ex.map(str, [1]))",
        POOL + "rows = sorted(f.result() for f in as_completed(fs))",
        POOL + "d = {}\nfor f in as_completed(fs):\n    d[f] = f.result()",
        POOL + "rows = [f.result() for f in as_completed(fs)]\nrows.sort()",
        POOL + "def w(x):\n    mine = []\n    mine.append(x)\n    return mine\n"
        "ex = ThreadPoolExecutor()\nfs = [ex.submit(w, 1)]",
    ],
)
def test_threads_whose_order_does_not_show(source: str) -> None:
    assert found("NB306", source) == []


def test_a_finding_tells_the_line_and_the_fix() -> None:
    (finding,) = findings("import numpy as np\n\nx = np.random.rand(3)")
    assert (finding.cell, finding.line, finding.column) == (0, 3, 5)
    assert finding.kind == "unseeded_random"
    assert finding.fixable
    assert "np.random.seed(0)" in finding.hint


@pytest.mark.parametrize(
    "seeding",
    [
        "from seeding import fix\nfix(11)",
        "import seeding as s\ns.fix(11)",
        "from seeding import *\nfix(11)",
        "%run seeding.py",
        "import random, numpy as np\nfor seed in (random.seed, np.random.seed):\n    seed(3)",
    ],
)
def test_code_that_is_not_read_may_have_seeded(seeding: str) -> None:
    draws = (
        "import numpy as np\nnp.random.rand(2)",
        "from sklearn.cluster import KMeans\nKMeans(2)",
        "import pandas as pd\npd.DataFrame().sample(3)",
    )
    told = [
        one
        for one in findings(seeding, *draws, installed=lambda name: name != "seeding")
        if one.code in {"NB301", "NB302"}
    ]
    assert [(one.severity, one.fixable) for one in told] == [("info", False)] * 3
    assert all("may have seeded before" in one.message for one in told)


def test_a_module_of_the_project_whose_results_are_used_seeds_hardly() -> None:
    cells = ("from helpers import load\ndf = load()", "import numpy as np\nnp.random.rand(2)")
    [told] = [one for one in findings(*cells) if one.code == "NB301"]
    assert (told.severity, told.fixable) == ("warning", False)


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("import polars as pl\npl.DataFrame({'x': [1]}).sample(1)", "Add `seed=0`."),
        ("import polars as pl\ndf = pl.DataFrame({'x': [1]})\ndf['x'].shuffle()", "Add `seed=0`."),
        ("import polars as pl, pandas\nd = pl.DataFrame().to_pandas()\nd.sample(1)",
         "Add `random_state=0`."),
        ("import pandas as pd\ndf = pd.read_csv('a.csv').dropna()\ndf.sample(1)",
         "Add `random_state=0`."),
    ],
)  # fmt: skip
def test_the_seed_that_the_library_of_a_table_takes(source: str, hint: str) -> None:
    [told] = [one for one in findings(source) if one.code == "NB301"]
    assert (told.hint, told.fixable) == (hint, True)


@pytest.mark.parametrize(
    "source",
    [
        "import pandas as pd\ndf = load()\ndf.sample(5)",
        "import pandas, polars\nd = polars.Series()\nif a:\n    d = pandas.Series()\nd.sample(5)",
        "import pandas as pd\ndf = pd.DataFrame()\nfor df in frames:\n    df.sample(5)",
        "import pandas as pd\ndf = pd.DataFrame()\ndef f(df):\n    return df.sample(5)\nf(other)",
        "import pandas as pd\npd.DataFrame().pipe(other).sample(5)",
        "import pandas as pd\npd.DataFrame().sample(5, random_state=None)",
    ],
)
def test_a_table_of_an_unknown_library_is_told_and_not_mended(source: str) -> None:
    told = [one for one in findings(source) if one.code == "NB301"]
    assert [one.fixable for one in told] == [False]


@pytest.mark.parametrize(
    "source",
    [
        "import pandas as pd\nclass S:\n    def sample(self, k): return k\nS().sample(5)",
        "import pandas as pd\nclass S:\n    def sample(self, k): return k\ns = S()\ns.sample(5)",
        "import pandas as pd\npd.DataFrame().sample(3, None, False, None, 0)",
        "import polars as pl\npl.Series([1]).shuffle(1)",
        "import polars as pl\npl.set_random_seed(1)\npl.Series([1]).shuffle()",
    ],
)
def test_samples_that_are_no_draw_or_have_a_seed(source: str) -> None:
    assert found("NB301", source) == []


@pytest.mark.parametrize("value", ["(1, 2)", "(1, (2.5, -3))", "n", "int(x)", "2 * n"])
def test_hash_of_numbers_is_the_same_everywhere(value: str) -> None:
    assert found("NB304", f"n = 3\nhash({value})") == []


@pytest.mark.parametrize("value", ["x", "(1, x)", "'a'", "('a', 1)"])
def test_hash_of_what_may_be_a_text(value: str) -> None:
    assert found("NB304", f"x = load()\nhash({value})") == [(0, 2, "warning")]


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("import multiprocessing as mp\np = mp.Pool()\nx = list(p.imap_unordered(f, y))", "`imap`"),
        ("import asyncio\nfor f in asyncio.as_completed(fs):\n    print(await f)", "`asyncio.ga"),
        ("from concurrent.futures import as_completed\nfor f in as_completed(fs):\n    print(f)",
         "list of futures"),
    ],
)  # fmt: skip
def test_hint_names_what_keeps_the_order(source: str, word: str) -> None:
    [told] = [one for one in findings(source) if one.code == "NB306"]
    assert word in told.hint


@pytest.mark.parametrize(
    "source",
    [
        "from scipy import stats\nstats.norm(0, 1).rvs(size=30)",
        "from scipy.stats import norm\nd = norm(0, 1)\nd.rvs(3)",
        "import scipy.stats as st\nst.norm.rvs(size=3)",
        "import dask.array as da\nda.random.random((10,), chunks=5)",
        "import dask.array as da\nda.random.default_rng()",
        "%%bash\necho $RANDOM",
        "%%bash\nls\necho ${RANDOM} | head",
        "x = !shuf -i 1-10000 -n 3",
    ],
)
def test_draws_of_scipy_dask_and_the_shell(source: str) -> None:
    assert [severity for _, _, severity in found("NB301", source)] == ["warning"]


@pytest.mark.parametrize(
    "source",
    [
        "from scipy import stats\nstats.norm(0, 1).rvs(30, 7)",
        "from scipy import stats\nstats.norm.rvs(size=3, random_state=1)",
        "from scipy import stats\nd = stats.norm(0, 1)\nd.random_state = 3\nd.rvs(2)",
        "from scipy import stats\nd = stats.multivariate_normal([0], seed=3)\nd.rvs(2)",
        "import numpy as np\nnp.random.seed(0)\nfrom scipy import stats\nstats.norm().rvs()",
        "class D:\n    def rvs(self): return 1\nD().rvs()",
        "import dask.array as da\nda.random.seed(1)\nda.random.random((10,))",
        "import dask.array as da\nda.random.default_rng(3)",
        "%%bash\nRANDOM=7\necho $RANDOM",
        "!shuf --random-source=seed.txt -n 3 a.txt",
        "print('$RANDOM')",
    ],
)
def test_draws_of_scipy_dask_and_the_shell_that_are_seeded(source: str) -> None:
    assert found("NB301", source) == []
