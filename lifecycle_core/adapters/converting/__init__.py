"""Other forms of a fitted model: how its columns become an array, as data, and the rest as ONNX."""

from lifecycle_core.adapters.converting.converting import (
    Converted,
    convert,
    library_versions,
    thresholds_of,
    turns_at_infinity,
)
from lifecycle_core.adapters.converting.trees import Trees, has_trees, trees_of
from lifecycle_core.adapters.model_parts import NotConvertible, split

__all__ = [
    "Converted",
    "NotConvertible",
    "Trees",
    "convert",
    "has_trees",
    "library_versions",
    "split",
    "thresholds_of",
    "trees_of",
    "turns_at_infinity",
]
