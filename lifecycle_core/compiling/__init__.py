"""Compiling: a notebook becomes a package of steps that is proven to give the same results.

notebook + facts  ->  pieces  ->  groups of cells  ->  draft  ->  trial  ->  proof, or the next draft
"""

from lifecycle_core.compiling.attempts import Attempt, first_attempt, next_attempt
from lifecycle_core.compiling.lines import with_lines
from lifecycle_core.compiling.mending import judge_trial

__all__ = ["Attempt", "first_attempt", "judge_trial", "next_attempt", "with_lines"]
