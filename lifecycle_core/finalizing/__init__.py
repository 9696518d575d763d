"""Finalization: choose one candidate and one decision rule, in money, and say why.

    candidates --out of fold--> cost per row --limits, lowest cost--> choice --refit--> evidence

Costs and limits come from the release file, the user's estimators and frames are never changed,
and the sentences of the record hold no timings, so that a notebook that shows them reproduces.
"""

from lifecycle_core.finalizing.champion import Other, compare_with
from lifecycle_core.finalizing.charts import cost_curve
from lifecycle_core.finalizing.choice import finalize

__all__ = ["Other", "compare_with", "cost_curve", "finalize"]
