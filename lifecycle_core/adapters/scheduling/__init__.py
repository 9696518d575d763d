"""Run a graph of steps on Dask: in processes or threads of this machine, or on a cluster."""

from lifecycle_core.adapters.scheduling.graph import Node, Scheduler
from lifecycle_core.adapters.scheduling.local import LocalScheduler

__all__ = ["LocalScheduler", "Node", "Scheduler"]
