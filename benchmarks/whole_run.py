"""Print what the main job costs beside plain papermill on the same notebook, and its memory.

The registry's first creation is measured apart, on a home of its own.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from measuring import Measured, median, pairs, report, run

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "example_notebooks" / "telco_churn.ipynb"
CREATE = (
    "from lifecycle_core.settings import load_settings, registry_of\n"
    "registry_of(load_settings()).create()"
)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        home = {"NBRELEASE_HOME": str(Path(folder) / "home")}
        created = run([sys.executable, "-c", CREATE], environ=home)
        opened = run([sys.executable, "-c", CREATE], environ=home)
        print(f"the registry's first creation: {created.seconds - opened.seconds:.1f} s")

        def ours() -> Measured:
            command = [sys.executable, "-m", "lifecycle_core.cli", "run", NOTEBOOK]
            return run(command, environ=home)

        def papermill() -> Measured:
            command = [sys.executable, "-m", "papermill", "--no-progress-bar", NOTEBOOK]
            return run([*command, Path(folder) / "out.ipynb"], cwd=NOTEBOOK.parent)

        runs, plain = pairs(ours, papermill, runs=3)
        print(f"nbrelease run {median(runs):.1f} s, papermill {median(plain):.1f} s")
        report("nbrelease run / papermill", median(runs) / median(plain), 1.6)
        report("memory of the parent", max(each.megabytes for each in runs), 300, unit=" MB")


if __name__ == "__main__":
    main()
