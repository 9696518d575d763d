"""Assemble the bundle of a release: everything that it consists of and was judged on.

Evidence, Checkpoints, notebook, model, lock --package--> Bundle
"""

from lifecycle_core.packaging.assembling import package

__all__ = ["package"]
