"""The whole way from a notebook to a registered candidate: the order of the activities."""

from lifecycle_core.releasing.main_job import release
from lifecycle_core.releasing.outside import Outside
from lifecycle_core.releasing.reproduction import reproduce_only
from lifecycle_core.releasing.strictness import Strictness

__all__ = ["Outside", "Strictness", "release", "reproduce_only"]
