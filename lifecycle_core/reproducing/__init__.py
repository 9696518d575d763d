"""Reproducing: the verdict on a clean run of a notebook.

stored notebook + execution  ->  cell results  ->  causes  ->  Reproduction
"""

from lifecycle_core.reproducing.session import compare_session
from lifecycle_core.reproducing.verdict import reproduce

__all__ = ["compare_session", "reproduce"]
