"""Retraining as a decision in money: is a new model worth what it costs, and how surely."""

from lifecycle_core.retraining.deciding import Known, decide
from lifecycle_core.retraining.policies import Said
from lifecycle_core.retraining.terms import parameters_for, require_terms
from lifecycle_core.retraining.trying import aliases_by_policy, held_back, next_after, trial_of

__all__ = [
    "Known", "Said", "aliases_by_policy", "decide", "held_back", "next_after", "parameters_for",
    "require_terms", "trial_of",
]  # fmt: skip
