"""Running: which steps of a pipeline are stale, and running those and no others."""

from lifecycle_core.running.overviewing import ended, followed, interrupted, overview
from lifecycle_core.running.planning import chosen_parameters
from lifecycle_core.running.results import results
from lifecycle_core.running.running import run
from lifecycle_core.running.showing import show

__all__ = [
    "chosen_parameters", "ended", "followed", "interrupted", "overview", "results", "run", "show",
]  # fmt: skip
