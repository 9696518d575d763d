"""The systems that making a release works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lifecycle_core.adapters.bundles import Bundles
    from lifecycle_core.adapters.engine import Engine
    from lifecycle_core.adapters.environment import Environments
    from lifecycle_core.adapters.identity import Actor
    from lifecycle_core.adapters.ledger import Ledger
    from lifecycle_core.adapters.models import Models
    from lifecycle_core.adapters.registry import Registry
    from lifecycle_core.adapters.tables import Tables
    from lifecycle_core.adapters.worker import Apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What a release is made with.

    Attributes:
        apart: Runs a function where its weight does not matter.
    """

    engine: Engine
    environments: Environments
    models: Models
    tables: Tables
    bundles: Bundles
    registry: Registry
    ledger: Ledger
    actor: Actor
    apart: Apart
