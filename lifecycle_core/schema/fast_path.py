"""What scores the rows of a release fastest, and the proof that it scores as its model does."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lifecycle_core.schema.base import Record


class FastPath(Record):
    """Which way rows are scored, and how that was judged.

    Attributes:
        kind: What computes: ONNX Runtime, or scikit-learn as in the notebook.
        arrays: Rows become an array without a frame, by the bundle's encoding.
        why: Why it is not ONNX; empty if it is.
        sample_rows: Rows of the training data that both ways were compared on.
        edge_rows: Made-up rows beside them: missing values, unseen categories, extremes, values
            beside the thresholds of trees and where float32 and float64 part.
        refused_rows: How many of all those the model refuses; the fast way has to refuse the same.
        tolerance: Largest difference allowed, relative to a score above 1, else absolute.
        largest_difference: The largest one found in the way that is used; 0 if there is no other.
        where: The row it was found in.
        versions: Of the libraries that converted and compared.
    """

    schema_: Literal["nbrelease/fast-path/1"] = Field(
        default="nbrelease/fast-path/1", alias="schema"
    )
    kind: Literal["onnx", "scikit-learn"]
    arrays: bool
    why: str = ""
    sample_rows: int = Field(default=0, ge=0)
    edge_rows: int = Field(default=0, ge=0)
    refused_rows: int = Field(default=0, ge=0)
    tolerance: float = Field(default=1e-6, gt=0)
    largest_difference: float = Field(default=0.0, ge=0)
    where: str = ""
    versions: dict[str, str] = {}
