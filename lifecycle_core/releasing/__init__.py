"""The whole way from a notebook to a registered candidate: the order of the activities."""

from lifecycle_core.releasing.main_job import Outside, Strictness, release, reproduce_only

__all__ = ["Outside", "Strictness", "release", "reproduce_only"]
