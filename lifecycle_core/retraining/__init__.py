"""Retraining as a decision in money: is a new model worth what it costs, and how surely."""

from lifecycle_core.retraining.deciding import Known, decide
from lifecycle_core.retraining.terms import parameters_for, require_terms

__all__ = ["Known", "decide", "parameters_for", "require_terms"]
