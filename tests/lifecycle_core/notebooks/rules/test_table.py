"""The rules as a set: documented, numbered, and quiet on ordinary notebooks."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

from lifecycle_core.notebooks.rules.table import RULES
from tests.lifecycle_core.notebooks.rules.reading import cell, findings

HERE = Path(__file__).parents[4] / "lifecycle_core" / "notebooks" / "rules"
SHARED = {"__init__", "base", "bringing", "checking", "ordering", "sampling", "seeding", "table",
    "view"}  # fmt: skip
HEADINGS = ["What it does", "Why is this bad?", "Examples", "References"]
MODULES = sorted(path for path in HERE.glob("*.py") if path.stem not in SHARED)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_rule_is_documented(path: Path) -> None:
    text = ast.get_docstring(ast.parse(path.read_text())) or ""
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS
    assert all(part.strip() for part in re.split(r"^## .+$", text, flags=re.MULTILINE))


def test_every_rule_is_in_the_table_under_a_code_of_its_own() -> None:
    named = {
        import_module(f"lifecycle_core.notebooks.rules.{path.stem}").RULE.code for path in MODULES
    }
    codes = [rule.code for rule in RULES]
    assert len(set(codes)) == len(codes) == len(MODULES)
    assert set(codes) == named
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(re.fullmatch(r"NB[1-6]\d\d", code) for code in codes)


ORDINARY = """\
%load_ext autoreload
%autoreload 2
%matplotlib inline
import time
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
from pathlib import Path
from sklearn.model_selection import train_test_split, GridSearchCV
from sklearn.ensemble import RandomForestClassifier
SEED = 42
DATA = Path('data')
---
df = pd.read_csv(DATA / 'customers.csv')
df['signup'] = pd.to_datetime(df['signup'])
print(f'{len(df):,} rows'); df.head()
---
X, y = df.drop(columns=['churn']), df['churn']
X_tr, X_te, y_tr, y_te = train_test_split(X, y, stratify=y, random_state=SEED)
---
start = time.perf_counter()
search = GridSearchCV(RandomForestClassifier(random_state=SEED), {'max_depth': [2, 4]}, cv=3)
%time search.fit(X_tr, y_tr)
print(f'{time.perf_counter() - start:.1f} s')
---
fig, ax = plt.subplots()
for name, group in df.groupby('plan'):
    ax.plot(group.index, group['tenure'], label=name)
ax.legend(); plt.show()
---
rng = np.random.default_rng(SEED)
boot = [rng.choice(y_te, len(y_te)).mean() for _ in range(100)]
np.percentile(boot, [2.5, 97.5])
""".split("---\n")  # noqa: SIM905 - cells read as they are


def test_an_ordinary_notebook_has_no_findings() -> None:
    cells = [cell(source, count) for count, source in enumerate(ORDINARY, 1)]
    assert [one.code for one in findings(*cells) if one.code != "NB107"] == []


def test_all_findings_come_at_once_by_cell_and_line() -> None:
    told = findings("print(a)\nimport numpy as np\nnp.random.rand()\ninput()", "a = 1\nnowhere")
    assert [(one.cell, one.line, one.code) for one in told] == [
        (0, 1, "NB102"),
        (0, 3, "NB301"),
        (0, 4, "NB403"),
        (1, 2, "NB103"),
    ]


@pytest.mark.parametrize(
    "source",
    ["\0", "(" * 500, "x = " + "[" * 90 + "]" * 90, "a" + ".b" * 3000, "a" + "(1)" * 500,
     "x = " + "-" * 900 + "1", "\ud800 = 1", "if 1:\n" * 50, "'" * 7, "f'{a!r:{b}{c}}'",
     "x = 1\n" * 2000, "lambda: " * 80 + "1"],
    ids=range(12),
)  # fmt: skip
def test_nothing_makes_a_rule_stumble(source: str) -> None:
    assert isinstance(findings(source, "y = 1"), tuple)


def test_ten_thousand_cells_are_read() -> None:
    cells = [f"x{n} = {n}\nprint(x{n}, x{max(0, n - 1)})" for n in range(10_000)]
    assert findings(*cells) == ()
