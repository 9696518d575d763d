"""Where releases and the events of their ledgers are kept: MLflow, embedded or on a server."""

from lifecycle_core.adapters.registry.base import Registry
from lifecycle_core.adapters.registry.mlflow_registry import MlflowRegistry

__all__ = ["MlflowRegistry", "Registry"]
