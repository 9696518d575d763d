"""What can be held fixed in a clean run, to see whether a difference goes away with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """What a run is deprived of; the default leaves everything as it is.

    Attributes:
        seed: Every generator that nobody seeded starts from this number, 0 or above; None leaves
            them unseeded.
        clock: Seconds since 1970 at which the clock stands for the notebook's code and its
            libraries; None lets it go.
        clock_offset: Seconds by which the time of day is wrong, where `clock` is None.
        network: Connections and name look-ups are possible; otherwise they are refused.
        one_thread: Threads and pools of Python code do one thing at a time. What C libraries do
            is told by the environment variables of the kernel.
        delays: Each piece of work of the notebook's threads waits a little before it begins, by
            random numbers from this seed; None lets them begin at once.

    Example:
        >>> Factors(seed=0)
        Factors(seed=0, clock=None, clock_offset=0.0, network=True, one_thread=False, delays=None)
    """

    seed: int | None = None
    clock: float | None = None
    clock_offset: float = 0.0
    network: bool = True
    one_thread: bool = False
    delays: int | None = None


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
