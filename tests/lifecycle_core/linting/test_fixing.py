"""`--fix`: what is mended, and that every other byte of the file stays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lifecycle_core.linting import fix, lint
from lifecycle_core.notebooks.read import parse_notebook
from tests.fakes.notebooks import code, content


def text_of(*sources: str | list[str], **style: Any) -> str:  # noqa: ANN401 - json.dumps
    cells = [{**code(""), "source": source} for source in sources]
    return json.dumps(content(*cells), **{"indent": 1, **style}) + "\n"


def mended(text: str, folder: str = "") -> tuple[str, int]:
    notebook = parse_notebook(text.encode(), Path("a.ipynb"))
    return fix(text, notebook, folder=folder)


def sources(text: str) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(text)["cells"]]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import numpy as np\nr = np.random.default_rng()",
         "import numpy as np\nr = np.random.default_rng(0)"),
        ("import numpy as np\nx = np.random.rand(3)\ny = np.random.rand(3)",
         "import numpy as np\nnp.random.seed(0)\nx = np.random.rand(3)\ny = np.random.rand(3)"),
        ("from sklearn.model_selection import train_test_split as t\nt(X, y)  # é",
         "from sklearn.model_selection import train_test_split as t\nt(X, y, random_state=0)  # é"),
        ("from sklearn.cluster import KMeans\nm = 'é', KMeans(3,)",
         "from sklearn.cluster import KMeans\nm = 'é', KMeans(3, random_state=0)"),
        ("import pandas as pd\nd = pd.read_csv('/w/p/x.csv').sample(2)",
         'import pandas as pd\nd = pd.read_csv("x.csv").sample(2, random_state=0)'),
        ("import polars as pl\ndf = pl.DataFrame({'x': [1, 2]})\ndf.sample(1)",
         "import polars as pl\ndf = pl.DataFrame({'x': [1, 2]})\ndf.sample(1, seed=0)"),
        ("x = open('/w/p/' + name)", 'x = open("./" + name)'),
        ("import random\nr = random.Random()", "import random\nr = random.Random(0)"),
    ],
)  # fmt: skip
def test_what_is_mended(source: str, expected: str) -> None:
    fixed, count = mended(text_of(f"{source}\n"), folder="/w/p")
    assert sources(fixed) == [f"{expected}\n"]
    assert count >= 1
    again = parse_notebook(fixed.encode(), Path("a.ipynb"))
    assert [one for one in lint(again, folder="/w/p") if one.fixable] == []


@pytest.mark.parametrize(
    "source",
    [
        "%time r = np.random.default_rng()\nimport numpy as np",
        "from sklearn.cluster import KMeans\nKMeans(\n    3,\n)",
        "from sklearn.cluster import KMeans\nKMeans(**options)",
        "import os\nos.urandom(3)",
        "open('/elsewhere/x.csv')",
        "if True:\n    import numpy as np\n    x = np.random.rand()",
        "import os\nos.chdir('..')\nopen('/w/p/x.csv')",
        "from sklearn.covariance import fast_mcd\nfast_mcd(X, None, None, 0)",
        "x = 1",
    ],
)
def test_what_is_left_to_people(source: str) -> None:
    text = text_of(source)
    assert mended(text, folder="/w/p") == (text, 0)


def test_a_text_that_is_handed_to_nothing_that_opens_it_stays() -> None:
    text = text_of("owner = '/home/ann/p/x.csv'[6:9]\nopen('/home/ann/p/y.csv')")
    fixed, _ = mended(text, folder="/home/ann/p")
    assert sources(fixed) == ["owner = '/home/ann/p/x.csv'[6:9]\nopen(\"y.csv\")"]


@pytest.mark.parametrize(
    "style", [{"indent": 1}, {"indent": 4}, {"indent": None}, {"indent": "\t"}]
)
@pytest.mark.parametrize("escaped", [True, False])
def test_every_other_byte_stays(style: dict[str, Any], escaped: bool) -> None:  # noqa: FBT001 - pytest
    lines = ["# é\n", "import numpy as np\n", "g = np.random.default_rng()\n", "np.random.rand()"]
    text = text_of(lines, ["y = 'é'\n"], "a\nb", ensure_ascii=escaped, **style)
    fixed, _ = mended(text)
    assert fixed != text
    assert json.loads(fixed)["cells"][0]["source"] == [
        "# é\n",
        "import numpy as np\n",
        "g = np.random.default_rng(0)\n",
        "np.random.seed(0)\n",
        "np.random.rand()",
    ]
    back = fixed.replace("default_rng(0)", "default_rng()")
    start = back.index('"np.random.seed(0)')
    end = back.index('"np.random.rand()"')
    assert back[:start] + back[end:] == text


def test_a_carriage_return_file_keeps_its_line_ends() -> None:
    text = text_of("import random\nr = random.Random()").replace("\n", "\r\n")
    fixed, _ = mended(text)
    assert fixed == text.replace("Random()", "Random(0)")
