"""Digests of Python values: equal for equal values in other processes, different otherwise."""

from .digest import Digest, digest
from .placed import placed

__all__ = ["Digest", "digest", "placed"]
