"""Generated Python as a formatter leaves it: imports sorted, what is not used left out."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_WIDTH = "100"
_RULES = "I,F401,F811,UP037"
_OURS = "lint.isort.known-first-party = ['pipelines']"


def formatted(modules: Mapping[str, str]) -> dict[str, str]:
    r"""Return modules formatted, by file name.

    Args:
        modules: Source texts by file name; each must be valid Python.

    Raises:
        SyntaxError: One is not.

    Example:
        >>> formatted({"a.py": "import b,a\nx = a.f( b )\n"})["a.py"]
        'import a\nimport b\n\nx = a.f(b)\n'
    """
    return {name: _formatted(name, text) for name, text in modules.items()}


def _formatted(name: str, text: str) -> str:
    compile(text, name, "exec")
    checked = _ruff("check", "--fix", "--exit-zero", "--quiet", "--select", _RULES,
                    "--config", _OURS, "--line-length", _WIDTH, name=name, text=text)  # fmt: skip
    return _ruff("format", "--quiet", "--line-length", _WIDTH, name=name, text=checked)


def _ruff(*words: str, name: str, text: str) -> str:
    command = [sys.executable, "-m", "ruff", *words, "--isolated", "--no-cache",
               "--stdin-filename", name, "-"]  # fmt: skip
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    return done.stdout
