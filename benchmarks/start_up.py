"""Print what starting costs: `nbrelease --help` beside typer, `%load_ext nbext` beside pandas."""

from __future__ import annotations

import sys

from measuring import median, pairs, report, run

LOAD = """
import time
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
started = time.perf_counter()
shell.run_line_magic("load_ext", "nbext")
print(time.perf_counter() - started)
"""
PANDAS = """
import time
started = time.perf_counter()
import pandas
print(time.perf_counter() - started)
"""


def main() -> None:
    """Measure and print."""
    python = sys.executable
    ours, theirs = pairs(
        lambda: run([python, "-m", "lifecycle_core.cli", "--help"]),
        lambda: run([python, "-c", "import typer"]),
        runs=9,
    )
    report("nbrelease --help / import typer", median(ours) / median(theirs), 3)

    extension, frame = pairs(
        lambda: run([python, "-c", LOAD]), lambda: run([python, "-c", PANDAS]), runs=5
    )
    loading = min(float(each.output) for each in extension)
    pandas = min(float(each.output) for each in frame)
    report("%load_ext nbext / import pandas", loading / pandas, 0.15)


if __name__ == "__main__":
    main()
