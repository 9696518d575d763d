"""NB4xx to NB6xx: what must be found, and what must not."""

from __future__ import annotations

import pytest

from tests.lifecycle_core.notebooks.rules.reading import cell, findings, found

TOKEN = "ghp_" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA4"  # made up


@pytest.mark.parametrize(
    ("source", "severity"),
    [
        ("from datetime import datetime\ndatetime.now()", "warning"),
        ("import datetime as dt\nage = dt.date.today() - birth", "warning"),
        ("import pandas as pd\npd.Timestamp.now()", "warning"),
        ("import pandas as pd\npd.to_datetime('today')", "warning"),
        ("import numpy as np\nnp.datetime64('now')", "warning"),
        ("import time\nname = time.strftime('%Y')", "warning"),
        ("import time\nt = time.time()\nprint(t)", "warning"),
        ("import time\nt = time.time()\nprint(time.time() - t)", "info"),
        ("from time import time\na = time()\nb = time()\nprint(b - a)", "info"),
        ("from datetime import datetime as d\ns = d.now()\nprint(d.now() - s)", "info"),
    ],
)
def test_clocks(source: str, severity: str) -> None:
    assert {one for _, _, one in found("NB401", source)} == {severity}


@pytest.mark.parametrize(
    "source",
    [
        "import time\ntime.sleep(1)\ntime.perf_counter()",
        "import time\ntime.strftime('%Y', time.gmtime(0))",
        "from datetime import datetime\ndatetime(2026, 1, 1)\ndatetime.fromisoformat('2026-01-01')",
        "import pandas as pd\npd.to_datetime(df['day'])\npd.Timestamp('2026-01-01')",
        "def now(): return 1\nnow()\ntoday = 2",
        "time = 3\nprint(time)",
    ],
)
def test_what_is_no_clock(source: str) -> None:
    assert found("NB401", source) == []


@pytest.mark.parametrize(
    "source",
    [
        "import requests\nrequests.get('https://example.org')",
        "from urllib.request import urlopen\nurlopen('https://example.org')",
        "import pandas as pd\npd.read_csv('https://example.org/x.csv')",
        "import pandas as pd\nURL = 'https://example.org/x.csv'\npd.read_csv(URL)",
        "from sklearn.datasets import fetch_openml\nfetch_openml('mnist')",
        "import seaborn as sns\nsns.load_dataset('tips')",
        "from datasets import load_dataset\nload_dataset('x')",
        "import yfinance as yf\nyf.download('X')",
        "!curl -O https://example.org/x",
        "!wget https://example.org/x",
        "import requests\ns = requests.Session()\ns.get('https://example.org')",
    ],
)
def test_networks(source: str) -> None:
    assert [one for _, _, one in found("NB402", source)] == ["warning"]


def test_what_is_tagged_nondeterministic_may_differ() -> None:
    tags = frozenset({"nondeterministic"})
    assert findings(cell("import time, uuid\nprint(time.time(), uuid.uuid4())", tags=tags)) == ()


def test_a_request_whose_failure_is_caught_is_a_note() -> None:
    source = "import requests\ntry:\n    requests.get(a)\nexcept OSError:\n    a = 1"
    assert found("NB402", source) == [(0, 3, "info")]


def test_a_download_that_is_made_once_is_a_note() -> None:
    source = (
        "import os, urllib.request as u\nif not os.path.exists('x'):\n    u.urlretrieve(a, 'x')"
    )
    assert found("NB402", source) == [(0, 3, "info")]


@pytest.mark.parametrize(
    "source",
    [
        "from sklearn.datasets import load_iris\nload_iris()",
        "url = 'https://example.org'\nprint(url)",
        "d = {}\nd.get('a')\nrequests = d\nrequests.get('b')",
        "from urllib.parse import urlparse\nurlparse('https://example.org')",
        "import pandas as pd\npd.read_csv('x.csv')",
        "!ls\n!echo curling",
    ],
)
def test_what_stays_here(source: str) -> None:
    assert found("NB402", source) == []


@pytest.mark.parametrize(
    ("source", "severity"),
    [
        ("name = input('name? ')", "error"),
        ("from getpass import getpass\np = getpass()", "error"),
        ("breakpoint()", "error"),
        ("import pdb\npdb.set_trace()", "error"),
        ("if ask:\n    input()", "warning"),
        ("def f():\n    return input()\nf()", "warning"),
        ("%debug", "warning"),
    ],
)
def test_waiting_for_a_person(source: str, severity: str) -> None:
    assert [one for _, _, one in found("NB403", source)] == [severity]


@pytest.mark.parametrize(
    "source",
    ["def input(x): return x\ninput(1)", "def f():\n    input()", "model.input(3)", "input_ = 1"],
)
def test_waiting_for_nobody(source: str) -> None:
    assert found("NB403", source) == []


def stdlib_only(_: str) -> bool:
    return False


def test_modules_that_are_not_there() -> None:
    assert found("NB501", "import nowhere", installed=stdlib_only, exists=stdlib_only) == [
        (0, 1, "error")
    ]
    assert found("NB501", "def f():\n    import nowhere.x\nf()", installed=stdlib_only,
        exists=stdlib_only) == [(0, 2, "warning")]  # fmt: skip
    by_name = "from importlib import import_module as load\nload('nowhere.x')"
    assert found("NB501", by_name, installed=stdlib_only, exists=stdlib_only) == [(0, 2, "error")]
    assert found("NB501", "from google.colab import drive") == []
    assert found("NB501", "from google.colab import drive", exists=stdlib_only) != []


@pytest.mark.parametrize(
    "source",
    [
        "import os, sys, json.decoder\nfrom collections import abc",
        "try:\n    import nowhere\nexcept ImportError:\n    nowhere = None",
        "from contextlib import suppress\nwith suppress(ImportError):\n    import nowhere",
        "import helper_beside",
        "%%writefile made.py\nx = 1",
        "from __future__ import annotations",
    ],
)
def test_modules_that_are_there_or_may_be_absent(source: str) -> None:
    beside = {"helper_beside.py"}.__contains__
    assert found("NB501", source, "import os", installed=stdlib_only, exists=beside) == []


def test_installing() -> None:
    assert found("NB502", "!pip install x") == [(0, 1, "warning")]
    assert found("NB502", "%pip install -q x y==1") == [(0, 1, "warning")]
    assert found("NB502", "%pip install x==1.2") == [(0, 1, "info")]
    assert found("NB502", "!pip install -r requirements.txt") == [(0, 1, "info")]
    assert found("NB502", "!pip list\n!echo install\n# !pip install x") == []


def test_ending_early() -> None:
    assert found("NB503", "import sys\nsys.exit()", "x = 1") == [(0, 2, "error")]
    assert found("NB503", "quit()", "x = 1") == [(0, 1, "error")]
    assert found("NB503", "import sys\nif bad:\n    sys.exit(1)", "x = 1") == [(0, 3, "warning")]
    assert found("NB503", "exit", "x = 1") == [(0, 1, "error")]
    assert found("NB503", "raise SystemExit(0)", "x = 1") == [(0, 1, "error")]
    assert found("NB503", "exit = 3\nexit", "x = 1") == []
    assert found("NB503", "import os\nos._exit(0)", "x = 1") == [(0, 2, "error")]
    assert found("NB503", "def exit(): ...\nexit()", "x = 1") == []
    assert found("NB503", "import sys\ndef main():\n    sys.exit()", "x = 1") == []


SECRETS = [
    f"token = '{TOKEN}'",
    "k = '-----BEGIN RSA PRIVATE KEY-----'",
    "key = 'AKIA" + "Z7Q2M4X6W8R1T3Y5'",
    "db = 'postgresql://ann:h7Gk2pQ9@db.internal/x'",
    "password = 'h7Gk2pQ9vv'",
    "connect(password='h7Gk2pQ9vv')",
    "cfg = {'api_key': 'a8s7d6f5g4h3j2k1l0q9'}",
    "import os\nos.environ['API_TOKEN'] = 'a8s7d6f5g4h3j2k1l0q9'",
]


@pytest.mark.parametrize("source", SECRETS)
def test_secrets_in_the_source(source: str) -> None:
    told = [one for one in findings(source) if one.code == "NB601"]
    assert [one.severity for one in told] == ["warning"]
    assert told[0].kind is None


@pytest.mark.parametrize("source", SECRETS)
def test_a_secret_is_never_repeated(source: str) -> None:
    for finding in findings(source):
        said = finding.to_json()
        assert "h7Gk2pQ9" not in said
        assert "a8s7d6f5" not in said
        assert TOKEN[:12] not in said


def test_secrets_in_outputs_and_prose() -> None:
    printed = ({"output_type": "stream", "name": "stdout", "text": f"{TOKEN}\n"},)
    assert found("NB601", cell("show()\ndef show(): ...", outputs=printed)) == [
        (0, None, "warning")
    ]
    assert found("NB601", "x = 1", prose={3: f"use {TOKEN}"}) == [(3, 1, "warning")]


@pytest.mark.parametrize(
    "source",
    [
        "password = 'your-password'\napi_key = 'xxx'\ntoken = 'changeme'\nsecret = '<secret>'",
        "import os\napi_key = os.environ['API_KEY']",
        "tokenizer = 'bert-base-uncased'\npad_token = '[PAD]'",
        "primary_key = 'customer_id'\nkey = 'a'\nsort_key = 'b'",
        "password = ''\npassword = None",
        "url = 'https://example.org/a:b@c'",
        "AWS = 'AKIAIOSFODNN7EXAMPLE'",
        "digest = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'",
        "db = 'postgresql://user:password@localhost/x'",
        "kaggle = 'sk-learn-pipeline-with-many-words-in-it'",
    ],
)
def test_what_is_no_secret(source: str) -> None:
    assert found("NB601", source) == []
