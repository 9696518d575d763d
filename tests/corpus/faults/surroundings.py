"""Another environment: modules that are not there, and libraries that changed."""

from __future__ import annotations

from tests.corpus.case import Author, Case

MODULE = ("missing_module",)
DRIFT = ("environment_drift",)

XGBOOST = """
import numpy as np
class XGBClassifier:
    def __init__(self, **parameters):
        self.parameters = parameters
    def fit(self, X, y):
        self.mean = float(np.mean(y))
        return self
    def predict_proba(self, X):
        rows = np.asarray(X, dtype=float)[:, 0]
        p = 1 / (1 + np.exp((rows - 20) / 15))
        return np.column_stack([1 - p, p])
"""


def old(startup: str, python: str = "3.9.18") -> Author:
    """Return an author whose environment still had what the startup code puts back."""
    return Author(startup=startup, python=python)


CASES = [
    Case(
        name="xgboost_not_installed",
        base="churn",
        kinds=MODULE,
        why="The author had xgboost.",
        author=Author(modules={"xgboost.py": XGBOOST}),
        add={
            "at_risk = X_test": "from xgboost import XGBClassifier\nxgb = XGBClassifier(max_depth=3).fit(X_train, y_train)\nround(roc_auc_score(y_test, xgb.predict_proba(X_test)[:, 1]), 4)"
        },
        at=("from xgboost",),
    ),
    Case(
        name="seaborn_style",
        base="bikes",
        kinds=MODULE,
        why="seaborn is imported for its style only.",
        author=Author(modules={"seaborn.py": "def set_theme(*a, **k):\n    pass\n"}),
        swap={
            "import altair as alt": "import altair as alt\nimport seaborn as sns\nsns.set_theme()"
        },
        at=("import seaborn",),
    ),
    Case(
        name="import_inside_function",
        base="ledger",
        kinds=MODULE,
        why="The import stands in a function that a later cell calls.",
        author=Author(modules={"babel_numbers.py": "def money(v):\n    return f'{v:,.2f} EUR'\n"}),
        add={
            "customers[0]": "def pretty(value):\n    from babel_numbers import money\n    return money(value)",
            "revenue = sum(": "print(pretty(revenue))",
        },
        at=("from babel_numbers", "print(pretty"),
    ),
    Case(
        name="local_module_gone",
        base="cancer",
        kinds=MODULE,
        why="prep.py lies on the author's path and was never put beside the notebook.",
        then_files={"prep.py": None},
        at=("import prep",),
    ),
    Case(
        name="private_package",
        base="segments",
        kinds=MODULE,
        why="A package of the company's, with a submodule.",
        author=Author(
            modules={
                "acme_ds/__init__.py": "",
                "acme_ds/style.py": "def bold(t):\n    return f'**{t}**'\n",
            }
        ),
        swap={
            "from IPython.display import Markdown, display": "from IPython.display import Markdown, display\nfrom acme_ds.style import bold\nprint(bold(risky))"
        },
        at=("from acme_ds",),
    ),
    Case(
        name="extension_not_installed",
        base="ledger",
        kinds=MODULE,
        why="A magic's extension is not installed.",
        author=Author(modules={"autotimer.py": "def load_ipython_extension(ip):\n    pass\n"}),
        swap={"import csv": "%load_ext autotimer\nimport csv"},
        # IPython says so on the error stream and goes on: the note is the only difference.
        add={"customers[0]": "import autotimer\nautotimer.__name__"},
        at=("%load_ext autotimer", "import autotimer"),
    ),
    Case(
        name="import_by_name",
        base="iris_numpy",
        kinds=MODULE,
        why="importlib imports a module whose name is a text.",
        author=Author(
            modules={
                "fastpca.py": "import numpy as np\ndef rank(m):\n    return int(np.linalg.matrix_rank(m))\n"
            }
        ),
        add={
            "C = Z.T": "import importlib\nbackend = importlib.import_module('fastpca')\nbackend.rank(C)"
        },
        at=("import_module('fastpca')",),
    ),
    Case(
        name="helper_subfolder_gone",
        base="forecast",
        kinds=MODULE,
        why="The folder of helpers is in the author's home.",
        author=Author(
            modules={
                "mytools/__init__.py": "",
                "mytools/metrics.py": "def bias(a, b):\n    return round(float((a - b).mean()), 3)\n",
            }
        ),
        add={"pred = tree": "from mytools import metrics\nmetrics.bias(te['bikers'], pred)"},
        at=("from mytools",),
    ),
    Case(
        name="np_float_alias",
        base="iris_numpy",
        kinds=DRIFT,
        why="np.float_ went with NumPy 2.",
        author=old("import numpy\nnumpy.float_ = numpy.float64"),
        swap={"C = Z.T @ Z / len(Z)": "C = (Z.T @ Z / len(Z)).astype(np.float_)"},
        at=("np.float_",),
    ),
    Case(
        name="frame_append",
        base="bikes",
        kinds=DRIFT,
        why="DataFrame.append went with pandas 2.",
        author=old(
            "import pandas as _p\n_p.DataFrame.append = lambda self, other, ignore_index=False: _p.concat([self, _p.DataFrame([other])], ignore_index=ignore_index)",
            "3.7.12",
        ),
        add={
            "pivot = rides": "totals = pd.DataFrame(columns=['weather', 'n'])\nfor w, part in rides.groupby('weather'):\n    totals = totals.append({'weather': w, 'n': len(part)}, ignore_index=True)\ntotals"
        },
        at=("totals.append",),
    ),
    Case(
        name="squared_false",
        base="diabetes",
        kinds=DRIFT,
        why="mean_squared_error lost `squared`.",
        author=old(
            "import sklearn.metrics as _m, numpy as _n\n_old = _m.mean_squared_error\n_m.mean_squared_error = lambda a, b, squared=True: _old(a, b) if squared else float(_n.sqrt(_old(a, b)))",
            "3.8.10",
        ),
        files={"requirements.txt": "scikit-learn==1.2.2\npandas==1.5.3\nnumpy==1.24.4\n"},
        add={
            "residuals.describe": "from sklearn.metrics import mean_squared_error\nround(mean_squared_error(table['target'], predictions['ridge'], squared=False), 4)"
        },
        at=("squared=False",),
    ),
    Case(
        name="load_boston",
        base="wine",
        kinds=DRIFT,
        why="load_boston was removed from scikit-learn.",
        author=old(
            "import sklearn.datasets as _d\nclass _B:\n    data = [[0.1] * 13] * 506\n_d.__dict__['load_boston'] = lambda: _B",
            "3.7.4",
        ),
        add={"coef.style": "from sklearn.datasets import load_boston\nlen(load_boston().data)"},
        at=("import load_boston",),
    ),
    Case(
        name="old_number_repr",
        base="iris_numpy",
        kinds=DRIFT,
        why="NumPy 1 showed scalars without their type.",
        author=old("import numpy\nnumpy.set_printoptions(legacy='1.25')", "3.10.6"),
        files={"requirements.txt": "numpy==1.25.2\n"},
        add={"accuracy = ": "accuracy"},
        at=(),
    ),
    Case(
        name="text_dtype_was_object",
        base="segments",
        kinds=DRIFT,
        why="pandas 2 kept words as `object`; pandas 3 calls them `str`.",
        author=old("import pandas as _p\n_p.options.future.infer_string = False", "3.10.6"),
        files={"requirements.txt": "pandas==2.1.4\n"},
        at=(),
    ),
    Case(
        name="kmeans_n_init_default",
        base="digits",
        kinds=DRIFT,
        why="KMeans started ten times by default; now it starts once.",
        author=old(
            "import sklearn.cluster as _c\n_init = _c.KMeans.__init__\n_c.KMeans.__init__.__kwdefaults__['n_init'] = 10",
            "3.9.7",
        ),
        files={
            "environment.yml": "name: digits\ndependencies:\n  - python=3.9\n  - scikit-learn=1.1\n"
        },
        swap={"n_init=3, random_state=1": "random_state=1"},
        at=("KMeans(n_clusters",),
    ),
    Case(
        name="versions_printed",
        base="forecast",
        kinds=DRIFT,
        why="The notebook prints the versions it ran with, and they were others.",
        author=old(
            "import pandas as _p, sklearn as _s\n_p.__version__ = '2.0.3'\n_s.__version__ = '1.3.0'",
            "3.9.18",
        ),
        files={"requirements.txt": "pandas==2.0.3\nscikit-learn==1.3.0\n"},
        swap={
            "pd.set_option(": "import sklearn\nprint('pandas', pd.__version__, 'sklearn', sklearn.__version__)\npd.set_option("
        },
        at=("pd.__version__",),
    ),
    Case(
        name="delim_whitespace",
        base="ledger",
        kinds=DRIFT,
        why="read_csv lost delim_whitespace in pandas 3.",
        author=old(
            "import pandas as _p\n_read = _p.read_csv\ndef read_csv(f, delim_whitespace=False, **k):\n    return _read(f, sep=r'\\s+' if delim_whitespace else ',', **k)\n_p.read_csv = read_csv"
        ),
        files={"fees.txt": "plan fee\nbasic 3\nplus 5\n"},
        add={
            "payments = Counter": "import pandas as pd\nfees = pd.read_csv('fees.txt', delim_whitespace=True)\nfees"
        },
        at=("delim_whitespace",),
    ),
    Case(
        name="collections_mapping",
        base="ledger",
        kinds=DRIFT,
        why="collections.Mapping went with Python 3.10.",
        author=old(
            "import collections, collections.abc\ncollections.Mapping = collections.abc.Mapping",
            "3.8.5",
        ),
        add={"cohorts = default": "import collections\nisinstance(rates, collections.Mapping)"},
        at=("collections.Mapping",),
    ),
]
