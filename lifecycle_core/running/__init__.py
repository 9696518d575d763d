"""Running: which steps of a pipeline are stale, and running those and no others."""

from lifecycle_core.running.outcomes import Checked, Checks
from lifecycle_core.running.planning import chosen_parameters
from lifecycle_core.running.results import results
from lifecycle_core.running.running import run
from lifecycle_core.running.showing import show

__all__ = ["Checked", "Checks", "chosen_parameters", "results", "run", "show"]
