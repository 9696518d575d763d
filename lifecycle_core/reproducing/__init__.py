"""Reproducing: the verdict on clean runs of a notebook, and why they differ.

stored notebook + executions  ->  cell results  ->  trials  ->  causes  ->  Reproduction
"""

from lifecycle_core.reproducing.limits import require_sensible
from lifecycle_core.reproducing.session import compare_session
from lifecycle_core.reproducing.verdict import clean_plans, reproduce

__all__ = ["clean_plans", "compare_session", "reproduce", "require_sensible"]
