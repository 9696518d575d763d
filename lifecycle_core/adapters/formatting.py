"""Generated Python as a formatter leaves it: imports sorted, what is not used left out."""

from __future__ import annotations

import subprocess
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


def laid_out(code: str, name: str = "code.py") -> str:
    r"""Return Python code as `ruff format` lays it out, in lines of at most 100 characters.

    Example:
        >>> laid_out("f( 1,2 )")
        'f(1, 2)\n'
    """
    return _ruff("format", "--quiet", name=name, text=code)


def _formatted(name: str, text: str) -> str:
    compile(text, name, "exec")
    checked = _ruff("check", "--fix", "--exit-zero", "--quiet", "--select", _RULES,
                    "--config", _OURS, name=name, text=text)  # fmt: skip
    return laid_out(checked, name)


def _ruff(*words: str, name: str, text: str) -> str:
    from ruff import find_ruff_bin

    command = [find_ruff_bin(), *words, "--line-length", _WIDTH, "--isolated", "--no-cache",
               "--stdin-filename", name, "-"]  # fmt: skip
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
    return done.stdout.decode()
