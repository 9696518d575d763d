"""What can be held fixed in a clean run, to see whether a difference goes away with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lifecycle_core.recorder.settings import Factors

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Conditions", "Factors"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """How a clean run is started.

    Attributes:
        factors: What is held still.
        hash_seed: PYTHONHASHSEED, in [0, 4294967295].
        threads: Threads that numerical libraries may use; None: as many as there are processors.
        python: Interpreter of the kernel; None: the one that runs this.
        variables: Environment variables that this interpreter needs; they win over all others.
    """

    factors: Factors = field(default_factory=Factors)
    hash_seed: int = 0
    threads: int | None = None
    python: Path | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
