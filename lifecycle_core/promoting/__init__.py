"""Judge a release by the six checkpoints, and move its aliases through the ledger."""

from lifecycle_core.promoting.judging import evaluate
from lifecycle_core.promoting.moving import Verified, nominate, promote
from lifecycle_core.promoting.proposing import propose
from lifecycle_core.promoting.returning import previous, rollback

__all__ = ["Verified", "evaluate", "nominate", "previous", "promote", "propose", "rollback"]
