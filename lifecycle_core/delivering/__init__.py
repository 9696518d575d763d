"""Put the released model's output where work happens: a rehearsal before release, scores after.

evidence --rehearse--> Rehearsal
model + rows --convert, compare--> FastPath
bundle + table --verify, trust, check, stream--> scores and decisions, one row each
order --copy, score, publish--> the same, wherever the table lies and the scores are wanted
model as SQL --compare, run--> the same, within one database
ledger --follow--> line-up;  request --inquire, answer--> reply, and what the log keeps of it
"""

from lifecycle_core.delivering.accelerating import accelerate
from lifecycle_core.delivering.arms import ArmRelease, Arms
from lifecycle_core.delivering.batches import score
from lifecycle_core.delivering.explaining import check_reasons, prepare_reasons
from lifecycle_core.delivering.fallbacks import require_fallbacks
from lifecycle_core.delivering.in_database import deliver_in_database
from lifecycle_core.delivering.rehearsing import rehearse
from lifecycle_core.delivering.run_usage import usage_of_run
from lifecycle_core.delivering.runs import Means, Order, deliver

__all__ = [
    "ArmRelease", "Arms", "Means", "Order", "accelerate", "check_reasons", "deliver",
    "deliver_in_database", "prepare_reasons", "rehearse", "require_fallbacks", "score",
    "usage_of_run",
]  # fmt: skip
