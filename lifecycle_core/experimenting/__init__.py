"""Experiments: designed from history, frozen before the start, read by the rule that was declared.

history --design--> plan --A/A check, freeze--> ledger --count the units--> read-out: ship or not
"""

from lifecycle_core.experimenting.designing import Baseline, design, stages_from, stages_of
from lifecycle_core.experimenting.metric_words import looks_of
from lifecycle_core.experimenting.metrics import all_columns
from lifecycle_core.experimenting.plan_text import changes, plan_from_text, plan_to_text
from lifecycle_core.experimenting.planning import Wishes, plan_of, require_costs, require_units
from lifecycle_core.experimenting.reading import DAYS, read, span_of
from lifecycle_core.experimenting.starting import (
    all_of,
    balance,
    chosen,
    require_startable,
    running,
    start,
    stop,
)

__all__ = [
    "DAYS", "Baseline", "Wishes", "all_columns", "all_of", "balance", "changes", "chosen", "design",
    "looks_of", "plan_from_text", "plan_of", "plan_to_text", "read", "require_costs",
    "require_startable", "require_units", "running", "span_of", "stages_from", "stages_of", "start",
    "stop",
]  # fmt: skip
