"""What to do about a cause, by its kind; causes that know more say it themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lifecycle_core.schema.reproduction import CauseKind

HINTS: dict[CauseKind, str] = {
    "unseeded_random": "Seed it: `random_state=0`, `np.random.default_rng(0)` or `random.seed(0)`.",
    "hash_order": "Sort what comes out of a set or of `hash()`: `sorted(...)` instead of "
    "`list(set(...))`.",
    "thread_order": "Collect results in the order of submission (`executor.map`) or sort them; "
    "add floats in a fixed order.",
    "clock": "Make the moment a parameter: put it into a cell tagged `parameters`.",
    "network": "Save what was fetched as a file of the project, and read that.",
    "out_of_order": "Choose Restart Kernel and Run All Cells, check the results, and save.",
    "deleted_cell": "Put the deleted code back, or choose Restart Kernel and Run All Cells and "
    "save the new results.",
    "edited_after_run": "Choose Restart Kernel and Run All Cells, check that the new results are "
    "meant, and save.",
    "changed_data": "Restore the data, or run all cells on the new data and save.",
    "environment_drift": "Install the versions that the notebook was run with, or run it anew here "
    "and save.",
    "missing_data": "Add the file to the project, relative to the notebook's folder; files that "
    "git ignores are not part of a clean copy.",
    "self_modifying_input": "Write the result to another file; leave the input as it came.",
    "absolute_path": "Put the file into the notebook's project and name it by a relative path.",
    "unexplained": "Run the notebook twice from the top and compare what the cell prints.",
}
