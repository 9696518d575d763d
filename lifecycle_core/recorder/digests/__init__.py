"""Digests of Python values: equal for equal values in other processes, different otherwise."""

from .digest import Digest, digest
from .placed import HOME, TEMPORARY, is_temporary, placed

__all__ = ["HOME", "TEMPORARY", "Digest", "digest", "is_temporary", "placed"]
