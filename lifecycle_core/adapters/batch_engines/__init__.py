"""Where batches are scored: in threads of this process, in several processes, on Dask or Spark.

bundle --open--> OpenEngine --submit(columns)--> Future of scores
"""

from lifecycle_core.adapters.batch_engines.base import BatchEngine, Engine, OpenEngine
from lifecycle_core.adapters.batch_engines.choosing import engine_of
from lifecycle_core.adapters.batch_engines.cluster import Cluster
from lifecycle_core.adapters.batch_engines.processes import Processes
from lifecycle_core.adapters.batch_engines.spark import Spark
from lifecycle_core.adapters.batch_engines.threads import Threads

__all__ = [
    "BatchEngine", "Cluster", "Engine", "OpenEngine", "Processes", "Spark", "Threads", "engine_of",
]  # fmt: skip
