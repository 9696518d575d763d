"""Modules of the user's folders as they are now."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_ASK = """
import sys
from lifecycle_core.adapters.local_modules import import_from
import_from(sys.argv[1], sys.argv[1])
import rules, yaml
from inner.more import OTHER
print(rules.VALUE, OTHER, rules.__spec__.loader.__class__.__name__)
print(yaml.__spec__.loader.__class__.__name__, sys.path.count(sys.argv[1]))
"""


def asked(folder: Path) -> list[str]:
    bytecode = {"PYTHONDONTWRITEBYTECODE": ""}
    ran = subprocess.run(
        [sys.executable, "-c", _ASK, str(folder)],
        capture_output=True, text=True, check=True, timeout=60, env={**os.environ, **bytecode},
    )  # fmt: skip
    return ran.stdout.split()


def written(folder: Path, value: int) -> None:
    (folder / "inner").mkdir(exist_ok=True)
    for name, text in (
        ("rules.py", f"VALUE = {value}\n"),
        ("inner/__init__.py", ""),
        ("inner/more.py", f"OTHER = {value}\n"),
    ):
        (folder / name).write_text(text)
        os.utime(folder / name, (1_700_000_000, 1_700_000_000))  # all edits in one second


def test_an_edit_of_the_same_length_within_a_second_is_seen(tmp_path: Path) -> None:
    written(tmp_path, 1)
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(tmp_path)], check=True)
    written(tmp_path, 5)
    assert asked(tmp_path) == ["5", "5", "_Anew", "SourceFileLoader", "1"]


def test_so_it_is_below_a_folder_that_a_notebook_puts_on_the_path(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    written(tmp_path / "src", 1)
    code = """
import sys
from lifecycle_core.adapters.local_modules import import_from
import_from(sys.argv[1])
sys.path.insert(0, sys.argv[2])
import rules
print(rules.__spec__.loader.__class__.__name__)
"""
    for folder in ("src", "./src", str(tmp_path / "src")):
        ran = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path), folder],
            capture_output=True, text=True, check=True, timeout=60, cwd=tmp_path,
        )  # fmt: skip
        assert ran.stdout.split() == ["_Anew"]


def test_no_bytecode_is_left_beside_them(tmp_path: Path) -> None:
    written(tmp_path, 1)
    asked(tmp_path)
    assert not list(tmp_path.rglob("*.pyc"))


def test_installed_packages_below_such_a_folder_keep_theirs() -> None:
    packages = sysconfig.get_path("purelib")
    above = packages.rpartition(f"{os.sep}lib{os.sep}")[0]
    code = f"""
import sys
from lifecycle_core.adapters.local_modules import import_from
import_from({above!r})
import yaml
print(yaml.__spec__.loader.__class__.__name__)
"""
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.split() == ["SourceFileLoader"]
