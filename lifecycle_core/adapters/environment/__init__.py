"""What a notebook's code runs in: exact locks of it, and fresh environments built from them."""

from lifecycle_core.adapters.environment.locked import LockedEnvironments
from lifecycle_core.adapters.environment.locks import (
    Environments,
    UvEnvironments,
    environment_facts,
)

__all__ = ["Environments", "LockedEnvironments", "UvEnvironments", "environment_facts"]
