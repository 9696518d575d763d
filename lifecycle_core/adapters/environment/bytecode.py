"""Compile the modules that a notebook will load, so that its first clean runs need not.

Compiling whole packages would take longer than a run: most of their files are never loaded.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SECONDS = 120.0
_WORKERS = "2"


def compile_modules(python: Path, modules: frozenset[str]) -> None:
    """Write the bytecode of modules of an environment; what cannot be compiled is left out.

    Args:
        python: Interpreter of the environment.
        modules: Full names with dots, such as `pandas.core.frame`.
    """
    files = [str(file) for name in sorted(modules) for file in _files(python, name)]
    if files:
        try:
            subprocess.run(
                [python, "-I", "-m", "compileall", "-q", "-j", _WORKERS, "-i", "-"],
                input="\n".join(files),
                text=True,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return  # the runs compile the rest


def _files(python: Path, module: str) -> list[Path]:
    """Return the source of a module in the environment, if it has one there."""
    relative = module.replace(".", "/")
    return [
        file
        for packages in python.parents[1].glob("lib/python*/site-packages")
        for file in (packages / f"{relative}.py", packages / relative / "__init__.py")
        if "\n" not in module and file.is_file()
    ]
