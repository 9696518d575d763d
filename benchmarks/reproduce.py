"""Print what a check costs beside one plain papermill run of the same notebook.

Exits with 1 if a bar is missed; a check that says otherwise than it should ends the script.

Checking a clean notebook (two runs), explaining a faulty one (its seeds removed), and checking in a
locked environment whose cache is warm; every ratio from one run of this script. Of each side the
quickest run counts: other guests of a host only ever make a run slower, here by up to a third.

    python benchmarks/reproduce.py                  # all three, a quarter of an hour
    python benchmarks/reproduce.py --only locked
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

from measuring import Measured, pairs, quickest, report, run

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "example_notebooks"
NOTEBOOK = "telco_churn.ipynb"
RUNS = 3
PARTS = ("clean", "explain", "locked")


def main() -> None:
    """Measure, print, and exit with 1 if a bar is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", choices=PARTS, help="one of the three")
    only = parser.parse_args().only
    parts = (only,) if only else PARTS
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        shutil.copytree(EXAMPLES, project)
        faulty = _without_seed(project)

        def papermill(notebook: str = NOTEBOOK) -> Measured:
            command = [sys.executable, "-m", "papermill", "--no-progress-bar", notebook]
            return run([*command, Path(folder) / "out.ipynb"], cwd=project)

        def check(notebook: str, *words: str, code: int = 0) -> Measured:
            command = [sys.executable, "-m", "lifecycle_core.cli", "reproduce", notebook, *words]
            return run(command, cwd=project, accept=(code,))

        met: list[bool] = []
        if "clean" in parts:
            clean, plain = pairs(lambda: check(NOTEBOOK), papermill, runs=RUNS)
            print(f"papermill {quickest(plain):.1f} s, two clean runs {quickest(clean):.1f} s")
            ratio = (quickest(clean) - 2) / quickest(plain)
            met.append(report("clean check, less 2 s / papermill", ratio, 1.3))
            memory = max(each.megabytes for each in clean)
            met.append(report("memory of the parent", memory, 300, unit=" MB"))
        if "explain" in parts:
            explained, plain = pairs(
                lambda: check(faulty, code=1), lambda: papermill(faulty), runs=RUNS
            )
            print(f"papermill {quickest(plain):.1f} s, explained {quickest(explained):.1f} s")
            ratio = quickest(explained) / quickest(plain)
            met.append(report("explaining a faulty one / papermill", ratio, 3))
        if "locked" in parts:
            locked, current = pairs(
                lambda: check(NOTEBOOK, "--env", "locked"), lambda: check(NOTEBOOK), runs=RUNS
            )
            print(f"current {quickest(current):.1f} s, locked {quickest(locked):.1f} s")
            more = quickest(locked) - quickest(current)
            met.append(report("locked environment, warm, more than current", more, 5, unit=" s"))
    sys.exit(not all(met))


def _without_seed(project: Path) -> str:
    """Write a copy of the notebook whose split is not seeded, and return its name."""
    content = json.loads((project / NOTEBOOK).read_text(encoding="utf-8"))
    found = 0
    for cell in content["cells"]:
        source = "".join(cell["source"])
        if "train_test_split(" in source and "random_state=seed" in source:
            cell["source"] = source.replace(", random_state=seed", "")
            found += 1
    if found != 1:
        raise SystemExit(f"{found} cells of {NOTEBOOK} split with a seed; one is wanted.")
    name = "without_seed.ipynb"
    (project / name).write_text(json.dumps(content), encoding="utf-8")
    return name


if __name__ == "__main__":
    main()
