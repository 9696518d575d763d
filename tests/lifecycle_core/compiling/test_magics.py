"""Magics and shell lines as Python."""

from __future__ import annotations

import pytest

from lifecycle_core.compiling.magics import translated
from tests import drafts


@pytest.mark.parametrize(
    ("line", "python"),
    [
        ("%matplotlib inline", ""),
        ("%load_ext autoreload", ""),
        ("%pip install pandas", ""),
        ("!pip install pandas", ""),
        ("!ls", ""),
        ("%env MODE=fast", "import os\nos.environ['MODE'] = 'fast'"),
        ("%set_env MODE=a=b", "import os\nos.environ['MODE'] = 'a=b'"),
        ("%cd data", "import os\nos.chdir('data')"),
        ("!make data", "import subprocess\nsubprocess.run('make data', shell=True, check=False)"),
        ("!pip install a && pip install b", ""),
        ("!python -m pip install a", ""),
        ("!head -3 a.csv", ""),
        ("!echo x > a", "import subprocess\nsubprocess.run('echo x > a', shell=True, check=False)"),
        ("!ls; rm a", "import subprocess\nsubprocess.run('ls; rm a', shell=True, check=False)"),
        ("%env MODE very fast", "import os\nos.environ['MODE'] = 'very fast'"),
        ("%cd 'my data'", "import os\nos.chdir('my data')"),
        ("!lsof", "import subprocess\nsubprocess.run('lsof', shell=True, check=False)"),
        ("%env A={b}", "import os\nos.environ['A'] = f'{b}'"),
        ("%cd $b", "import os\nos.chdir(f'{b}')"),
        ("!datelib", "import subprocess\nsubprocess.run('datelib', shell=True, check=False)"),
    ],
)
def test_lines_without_result(line: str, python: str) -> None:
    assert translated(drafts.pieces(line)[0].node, {"b"}) == python


def test_the_output_of_a_command_is_a_list_of_lines() -> None:
    text = translated(drafts.pieces("files = !ls *.csv")[0].node)
    assert text is not None
    assert text.startswith("import subprocess\nfiles = subprocess.run('ls *.csv', shell=True, ")
    assert text.endswith(".stdout.splitlines()")


@pytest.mark.parametrize(
    "line",
    ["x = %who_ls", "%env MODE", "%run a", "for x in y:\n    %run a", "!wc -l $path.csv"],
)
def test_what_needs_the_notebook_is_left(line: str) -> None:
    assert translated(drafts.pieces(line)[0].node, {"path"}) is None


def test_magics_are_found_within_other_statements() -> None:
    line = "for path in paths:\n    size = !wc -l {path}\n    %matplotlib inline"
    text = translated(drafts.pieces(line)[0].node, {"path"})
    assert text is not None
    run = "subprocess.run(f'wc -l {path}', shell=True, capture_output=True, text=True)"
    assert text.splitlines() == [
        "import subprocess",
        "for path in paths:",
        f"    size = {run}.stdout.splitlines()",
        "    pass",
    ]


@pytest.mark.parametrize("line", ["x = 1", "f()", "x = y = f()", "get_ipython()", "import a"])
def test_other_statements_are_no_magics(line: str) -> None:
    assert translated(drafts.pieces(line)[0].node) is None
