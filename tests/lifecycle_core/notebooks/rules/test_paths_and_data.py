"""NB2xx: what must be found, and what must not."""

from __future__ import annotations

import pytest

from tests.lifecycle_core.notebooks.rules.reading import findings, found

PANDAS = "import pandas as pd\n"


def nothing(_: str) -> bool:
    return False


@pytest.mark.parametrize(
    "source",
    [
        "import pandas as pd\npd.read_csv('/home/ann/data/x.csv')",
        "import pandas as pd\nroot = '/data/x.csv'\npd.read_csv(root)",
        "import pandas as pd\nroot = '/data'\npd.read_csv(root + '/x.csv')",
        "import pandas as pd\nroot = '/data'\npd.read_csv(f'{root}/x.csv')",
        "import os\nos.path.join('/data', 'x.csv')",
        "from pathlib import Path\nPath('/data') / 'x.csv'",
        "open(r'C:\\Users\\ann\\x.txt')",
        "open('~/x.txt')",
        "import os\nos.chdir('/srv/project')",
        "import pandas as pd\npd.DataFrame().to_csv('/out/x.csv')",
        "import sys\nsys.path.insert(0, '/home/ann/lib')",
        "load_it('/Users/ann/x.csv')",
        "CONFIG = {'data': '/content/drive/x'}",
        "import pandas as pd\npd.read_csv('file:///data/x.csv')",
        "%cd /home/ann",
        "from pathlib import Path\nPath.home() / 'x'",
        "import os\nos.path.expanduser('~/x.csv')",
    ],
)
def test_absolute_paths(source: str) -> None:
    assert [severity for _, _, severity in found("NB201", source)] == ["warning"]


@pytest.mark.parametrize(
    "source",
    [
        "'''See /home/ann/notes for more.'''",
        "print('/home/ann/x')",
        "import re\nre.compile('/home/\\\\w+')",
        "@app.get('/users/{id}')\ndef f(): ...",
        "url = 'https://example.org/home/x'",
        "import pandas as pd\npd.read_csv('data/x.csv')\npd.read_csv('../data/x.csv')",
        "from datetime import date\ndate.today().strftime('%d/%m/%Y')",
        "ratio = 'a/b'\nx = '/'",
        "import requests\nrequests.get('/api')",
        "raise ValueError('/home/ann/x is not there')",
        "s = 's3://bucket/home'",
        "x = f'{a}/home/{b}'",
        "# /home/ann/x.csv",
        "df.plot(marker='/')",
    ],
)
def test_text_that_is_no_path_of_one_machine(source: str) -> None:
    assert found("NB201", source) == []


def test_paths_of_every_system_are_a_note() -> None:
    assert found("NB201", "open('/dev/null')\nopen('/tmp/x', 'w')") == [
        (0, 1, "info"),
        (0, 2, "info"),
    ]


def test_a_temporary_file_that_somebody_else_left() -> None:
    source = PANDAS + "pd.read_csv('/tmp/x.csv')"
    assert found("NB201", source) == [(0, 2, "warning")]
    assert found("NB201", source, exists=nothing) == [(0, 2, "error")]
    assert found("NB201", PANDAS + "t.to_csv('/tmp/x.csv')\npd.read_csv('/tmp/x.csv')") == [
        (0, 2, "info"),
        (0, 3, "info"),
    ]
    assert found("NB201", "!make\nopen('/tmp/x.csv').read()") == [(0, 2, "info")]


def test_an_absolute_path_that_is_read_and_not_there_surely_fails() -> None:
    source = PANDAS + "pd.read_csv('/data/x.csv')"
    assert found("NB201", source, exists=nothing) == [(0, 2, "error")]


def test_a_path_below_the_notebook_can_be_made_relative() -> None:
    (finding,) = findings(PANDAS + "pd.read_csv('/srv/p/data/x.csv')", folder="/srv/p")
    assert finding.fixable
    (finding,) = findings(PANDAS + "pd.read_csv('/srv/pq/x.csv')", folder="/srv/p")
    assert not finding.fixable


def test_a_path_that_leaves_the_project() -> None:
    source = PANDAS + "pd.read_csv('../../x.csv')"
    assert found("NB202", source, exists=nothing) == [(0, 2, "warning")]
    assert found("NB202", source) == []


@pytest.mark.parametrize(
    ("source", "severity"),
    [
        (PANDAS + "pd.read_csv('x.csv')", "error"),
        ("open('x.txt').read()", "error"),
        ("import numpy as np\nnp.load('x.npy')", "error"),
        ("from pathlib import Path\nPath('x.txt').read_text()", "error"),
        (PANDAS + "def load():\n    return pd.read_csv('x.csv')\nload()", "warning"),
        ("!make data\nopen('x.txt')", "info"),
        ("fs.copy('a', 'b')\nopen('x.txt')", "info"),
        ("frame.copy().to_dict()\nopen('x.txt')", "error"),
        ("import os\nif os.path.exists('x.txt'):\n    open('x.txt')", "warning"),
    ],
)
def test_data_that_is_not_there(source: str, severity: str) -> None:
    assert [one for _, _, one in found("NB203", source, exists=nothing)] == [severity]


@pytest.mark.parametrize(
    "source",
    [
        PANDAS + "pd.DataFrame().to_csv('x.csv')\npd.read_csv('x.csv')",
        "with open('x.txt', 'w') as f:\n    f.write('a')\nopen('./x.txt').read()",
        "import numpy as np\nnp.save('x', [1])\nnp.load('x.npy')",
        PANDAS + "pd.read_csv('https://example.org/x.csv')",
        PANDAS + "pd.read_csv(path)\nopen(name)",
        PANDAS + "for n in range(3):\n    pd.read_csv(f'x{n}.csv')",
        "import os\nos.chdir('sub')\nopen('x.txt')",
        "%cd sub\nopen('x.txt')",
        "open('out.txt', 'w')",
        "def never():\n    return open('x.txt')",
        PANDAS + "pd.read_sql('select 1', c)\npd.read_clipboard()",
        "import glob\nglob.glob('*.csv')",
    ],
)
def test_data_that_is_made_or_unknown(source: str) -> None:
    assert found("NB203", source, exists=nothing) == []


def test_data_that_is_there() -> None:
    assert found("NB203", PANDAS + "pd.read_csv('x.csv')", exists={"x.csv"}.__contains__) == []


def test_an_input_that_is_overwritten() -> None:
    cells = (PANDAS + "df = pd.read_csv('x.csv')", "df.to_csv('./x.csv')")
    assert found("NB204", *cells) == [(1, 1, "warning")]
    assert found("NB204", "t = open('x').read()\nopen('x', 'w').write(t)") == [(0, 2, "warning")]


@pytest.mark.parametrize(
    "source",
    [
        PANDAS + "df = pd.read_csv('x.csv')\ndf.to_csv('y.csv')",
        PANDAS + "pd.DataFrame().to_csv('x.csv')\npd.read_csv('x.csv')",
        "open('log', 'a')\nopen('log', 'a')",
    ],
)
def test_inputs_that_stay(source: str) -> None:
    assert found("NB204", source) == []


@pytest.mark.parametrize(
    ("caught", "severity"),
    [
        ("FileNotFoundError", "info"),
        ("(ValueError, OSError)", "info"),
        ("builtins.IOError", "info"),
        ("ValueError", "error"),
    ],
)
def test_a_path_whose_absence_is_caught_is_no_error(caught: str, severity: str) -> None:
    source = f"try:\n    open('/nonexistent/a.txt')\nexcept {caught}:\n    pass"
    assert found("NB201", source, exists=lambda _: False) == [(0, 2, severity)]


@pytest.mark.parametrize(
    ("source", "severity", "words"),
    [
        ("from pathlib import Path\nhome = Path('~').expanduser()", "warning", "Put the files"),
        ("import os\nos.listdir('C:\\\\')", "warning", "Put the files"),
        ("import sys\nsys.path.insert(0, '/opt/lib')", "warning", "such as 'lib'"),
        ("open('/tmp/scratch.txt', 'w')", "info", "or use `tempfile`"),
        ("open('/dev/null', 'w')", "info", "Other systems may lack it"),
    ],
)
def test_hint_on_an_absolute_path(source: str, severity: str, words: str) -> None:
    [told] = [one for one in findings(source) if one.code == "NB201"]
    assert told.severity == severity
    assert words in told.hint


CACHE = "from pathlib import Path\nimport json\nc = Path('res.json')\n"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (CACHE + "if c.exists():\n    r = json.loads(c.read_text())\nelse:\n    c.write_text('1')",
         "Keep this cache out of the project"),
        (CACHE + "try:\n    r = c.read_text()\nexcept OSError:\n    c.write_text('1')",
         "Keep this cache out of the project"),
        (CACHE + "if c.exists():\n    r = c.read_text()\n    c.write_text('1')",
         "Write to another file"),
        ("with open('log.txt', 'a') as f:\n    f.write('x')\nopen('log.txt').read()",
         "Open it with mode 'w' first"),
    ],
)  # fmt: skip
def test_hint_on_a_file_that_is_read_and_written(source: str, words: str) -> None:
    [told] = [one for one in findings(source) if one.code == "NB204"]
    assert words in told.hint


@pytest.mark.parametrize(
    "source",
    [
        "open('log.txt', 'w').close()\nopen('log.txt', 'a').write('x')\nopen('log.txt').read()",
        "import os\nos.remove('log.txt')\nopen('log.txt', 'a').write('x')\nopen('log.txt').read()",
        "open('log.txt', 'a').write('x')",
    ],
)
def test_files_that_grow_from_nothing_or_are_not_read(source: str) -> None:
    assert found("NB204", source) == []


@pytest.mark.parametrize("line", ["%store -r weights", "%store -r"])
def test_a_value_that_another_session_stored(line: str) -> None:
    assert found("NB203", "x = 1", line) == [(1, 1, "warning")]


@pytest.mark.parametrize("line", ["%store weights", "%store", "%store -d weights"])
def test_what_only_stores_brings_nothing(line: str) -> None:
    assert found("NB203", "weights = 1", line) == []


def test_what_a_cell_above_stores_is_its_own() -> None:
    assert found("NB203", "weights = 1\n%store weights", "%store -r weights") == []
