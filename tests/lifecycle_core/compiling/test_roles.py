"""The part that each piece plays: in a step, or outside of all."""

from __future__ import annotations

import pytest

from lifecycle_core.compiling.roles import parameter_of, roles_of
from lifecycle_core.notebooks.facts import CellFacts, Facts, Site, Variable
from tests import drafts

NOTHING = Facts()


def roles(text: str, facts: Facts = NOTHING) -> list[str]:
    """Return the role of each piece of a text."""
    cells = drafts.read(text)
    found = roles_of(cells, facts)
    return [found.of[piece.number] for cell in cells for piece in cell.pieces]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("import json\nx = json.dumps([1])", ["import", "code"]),
        ("import a.b\nimport a.c\nx = a.b", ["import", "import", "code"]),
        ("try:\n    import ujson as json\nexcept ImportError:\n    import json", ["import"]),
        ("import json\njson = 3", ["code", "code"]),
        ("import json\nx = [json]\ndel json", ["code", "code", "code"]),
        ("if a:\n    import json", ["code"]),
        ("def f(x):\n    return x\ny = f([1])", ["shared", "code"]),
        ("f = lambda x: x\ny = f([1])", ["shared", "code"]),
        ("def f():\n    return g()\ndef g():\n    return [1]", ["shared", "shared"]),
        ("k = [1]\ndef f():\n    return k", ["code", "local"]),
        ("k = [1]\ndef f(x=k):\n    return x", ["code", "code"]),
        ("def f():\n    return 1\ndef f():\n    return 2", ["code", "code"]),
        ("class A:\n    pass\na = A()", ["shared", "code"]),
        ("class A:\n    n = 0\nA.n = 1", ["code", "code"]),
        ("RATE = 0.5\nx = [RATE]", ["constant", "code"]),
        ("rate = 0.5\nx = [rate]", ["code", "code"]),
        ("rate = 0.5\ndef f():\n    return rate", ["constant", "shared"]),
        ("RATE = [0.5]", ["code"]),
        ("RATE = 0.5\nRATE += 1", ["code", "code"]),
        ("import numpy as np\nnp.set_printoptions(precision=3)", ["import", "setting"]),
        ("import numpy as np\nnp.random.seed(3)", ["import", "code"]),
        ("from sklearn import set_config\nx = open('a')\nset_config(display='text')",
         ["import", "code", "setting"]),
        ("import sklearn\nx = open('a')\nsklearn.set_config(display='text')",
         ["import", "code", "setting"]),
        ("import sklearn\nx = open('a')\nsklearn.fit(1)", ["import", "code", "code"]),
        ("from threadpoolctl import threadpool_limits as limit\nx = open('a')\nlimit(1)",
         ["import", "code", "code"]),
        ("def set_option(x):\n    return x\nx = open('a')\nset_option(1)",
         ["shared", "code", "code"]),
        ("from a import use\nx = open('a')\nuse('b')", ["import", "code", "code"]),
        ("import mlflow\nmlflow.autolog()", ["import", "setting"]),
        ("import pandas as pd\npd.options.display.width = 9", ["import", "setting"]),
        ("df = [1]\ndf.insert(0, 'a')", ["code", "code"]),
        ("import os\nos.environ['A'] = 'b'", ["import", "setting"]),
    ],
)  # fmt: skip
def test_roles(text: str, wanted: list[str]) -> None:
    assert roles(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "import os\n# %%\nos.remove('a')",
        "import shutil\nshutil.rmtree('a')",
        "import subprocess\nsubprocess.run('ls')",
        "import matplotlib.pyplot as plt\n# %%\nplt.figure(figsize=(3, 3))\nplt.plot([1])",
        "import seaborn as sns\n# %%\nsns.despine()",
    ],
)
def test_what_acts_stays_where_it_stands(text: str) -> None:
    assert roles(text)[-1] == "code"


def test_a_cell_that_touched_the_world_sets_nothing() -> None:
    text = "import tool\n# %%\ntool.prepare('a.csv')"
    site, module = (Site(cell=1),), (Site(cell=1, path="/m.py"),)
    assert roles(text) == ["import", "setting"]
    assert roles(text, Facts(reads=module)) == ["import", "setting"]
    for facts in (Facts(reads=site), Facts(writes=site), Facts(processes=site)):
        assert roles(text, facts) == ["import", "code"]
    assert roles(text, Facts(network=site)) == ["import", "code"]


def test_imports_that_do_something_are_settings() -> None:
    used = "from sklearn.experimental import enable_halving_search_cv"
    assert roles(used) == ["setting"]
    assert roles(f"{used}\nx = [enable_halving_search_cv]") == ["import", "code"]
    assert roles("import hvplot.pandas") == ["setting"]
    assert roles("import os.path\nx = [os.path]") == ["import", "code"]
    assert roles("import json") == ["import"]


def test_a_function_that_another_cell_changed_is_no_shared_one() -> None:
    text = "def f():\n    f.n = 1\n# %%\nf()"
    changed = {1: CellFacts(variables={"f": Variable(type="function")})}
    assert roles(text)[0] == "shared"
    assert roles(text, Facts(cells=changed))[0] == "code"


def test_only_literals_of_a_parameters_cell_are_parameters() -> None:
    text = "# %% tags=parameters\nn = -3\nx: float = 1.5\npath = open\nm = n + 1"
    assert roles(text) == ["parameter", "parameter", "code", "code"]
    assert parameter_of(drafts.pieces("a = b = 1")[0]) is None


@pytest.mark.parametrize(
    "value",
    [
        "(8, 4)",
        "{1: 2}",
        "{'a'}",
        "b'a'",
        "2j",
        "1e999",
        "...",
        "[(1,)]",
        "{'a': {2: 1}}",
        "'\\ud800'",
    ],
)
def test_what_json_does_not_hold_as_it_is_stays_code(value: str) -> None:
    text = f"# %% tags=parameters\nn = {{'a': [1, None, 'b']}}\nm = {value}"
    assert roles(text) == ["parameter", "code"]
