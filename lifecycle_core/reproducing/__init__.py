"""Reproducing: the verdict on a clean run of a notebook.

stored notebook + execution  ->  cell results  ->  causes  ->  Reproduction
"""

from lifecycle_core.reproducing.limits import require_sensible
from lifecycle_core.reproducing.verdict import reproduce

__all__ = ["reproduce", "require_sensible"]
