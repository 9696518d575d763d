"""The prediction log: durable before the reply, in Delta tables afterwards, each row once.

`open_prediction_log` is for who writes, `read` for who reviews, `flush`, `compact`, `retain` and
`forget` for who looks after the tables.
"""

from lifecycle_core.adapters.prediction_log.flushing import flush
from lifecycle_core.adapters.prediction_log.identifiers import Identifiers
from lifecycle_core.adapters.prediction_log.log import PredictionLog, open_prediction_log
from lifecycle_core.adapters.prediction_log.reading import read, read_explained
from lifecycle_core.adapters.prediction_log.upkeep import compact, forget, retain

__all__ = [
    "Identifiers", "PredictionLog", "compact", "flush", "forget", "open_prediction_log", "read",
    "read_explained", "retain",
]  # fmt: skip
