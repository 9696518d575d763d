"""What can be held still in a clean run, to see whether results depend on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """What is held still; the default holds nothing.

    Attributes:
        seed: Every generator that nobody seeded is seeded with this; None leaves it to chance.
        clock: POSIX seconds at which the notebook's clock stands; None lets it run.
        network: Whether connections are let through.
        one_thread: Threads of the notebook run one after the other.
    """

    seed: int | None = None
    clock: float | None = None
    network: bool = True
    one_thread: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """How a clean run is started.

    Attributes:
        factors: What is held still.
        hash_seed: PYTHONHASHSEED, in [0, 4294967295].
        threads: Threads that numerical libraries may use; None: as many as there are processors.
        python: Interpreter of the kernel; None: the one that runs this.
    """

    factors: Factors = field(default_factory=Factors)
    hash_seed: int = 0
    threads: int | None = None
    python: Path | None = None
