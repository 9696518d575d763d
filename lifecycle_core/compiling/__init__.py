"""Compiling: a notebook becomes a package of steps that is proven to give the same results.

notebook + facts  ->  pieces  ->  groups of cells  ->  draft  ->  trial  ->  proof, or another draft
"""

from lifecycle_core.compiling.attempts import Attempt, first_attempt, next_attempt
from lifecycle_core.compiling.limits import require_kept, require_name
from lifecycle_core.compiling.lines import with_lines
from lifecycle_core.compiling.mending import judge_trial
from lifecycle_core.compiling.tagging import tagged

__all__ = [
    "Attempt", "first_attempt", "judge_trial", "next_attempt", "require_kept", "require_name",
    "tagged", "with_lines",
]  # fmt: skip
