"""Scorers: columns of plain values in, one score a row out, by scikit-learn or by ONNX Runtime.

bundle --open_scorer--> Scorer --score(row), scores(columns)--> float64
"""

from lifecycle_core.adapters.scorers.arrays import ArrayScorer, OnnxModel
from lifecycle_core.adapters.scorers.base import Scorer
from lifecycle_core.adapters.scorers.elsewhere import ScorerElsewhere, open_elsewhere
from lifecycle_core.adapters.scorers.encoding import Encoder
from lifecycle_core.adapters.scorers.frames import FrameScorer
from lifecycle_core.adapters.scorers.opening import open_scorer
from lifecycle_core.adapters.scorers.output import Estimator, score_column, scored

__all__ = [
    "ArrayScorer",
    "Encoder",
    "Estimator",
    "FrameScorer",
    "OnnxModel",
    "Scorer",
    "ScorerElsewhere",
    "open_elsewhere",
    "open_scorer",
    "score_column",
    "scored",
]
