"""Running: which steps of a pipeline are stale, and running those and no others."""

from lifecycle_core.running.outcomes import Checked, Checks
from lifecycle_core.running.planning import chosen_parameters
from lifecycle_core.running.repeating import compare_runs
from lifecycle_core.running.results import files_read, numbers, results
from lifecycle_core.running.running import run
from lifecycle_core.running.showing import show

__all__ = [
    "Checked", "Checks", "chosen_parameters", "compare_runs", "files_read", "numbers", "results",
    "run", "show",
]  # fmt: skip
