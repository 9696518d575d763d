"""What the engine tells the recorder, as the JSON file whose path is the launcher's argument."""

from __future__ import annotations

import signal
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

CELL = struct.Struct("<q")
"""The file `Settings.cell`: the index of the running cell in the source, -1 before the first."""

STACK_SIGNAL = signal.SIGUSR2
"""Makes the kernel write the stack of its main thread into the file `Settings.stack`."""


@dataclass(frozen=True)
class Factors:
    """What a run is deprived of; the default leaves everything as it is.

    Attributes:
        seed: Every generator that nobody seeded starts from this number, 0 or above; None leaves
            them unseeded.
        clock: Seconds since 1970 at which the clock stands for the notebook's code and its
            libraries; None lets it go.
        network: Connections and name look-ups are possible; otherwise they are refused.
        one_thread: Threads and pools of Python code do one thing at a time. What C libraries do
            is told by the environment variables of the kernel.
        delays: Each piece of work of the notebook's threads waits a little before it begins, by
            random numbers from this seed; None lets them begin at once.

    Example:
        >>> Factors(seed=0).network
        True
    """

    seed: int | None = None
    clock: float | None = None
    network: bool = True
    one_thread: bool = False
    delays: int | None = None


@dataclass(frozen=True)
class Settings:
    """The launcher's configuration.

    Attributes:
        observed: File to which one JSON object a line is appended, as things happen.
        cell: File of eight bytes in which the engine writes the running cell, see `CELL`.
        stack: File that receives the main thread's stack when `STACK_SIGNAL` comes.
        project: The copy of the project.
        source: The user's own project, which the notebook must not touch.
        cache: A folder outside all others that the kernel may use, or empty.
        shared: The notebook names files in the temporary folders of everybody, and may write there
            even where the user's project lies in one of them.
        linked: Files of the copy that are shared with the user's and must not be written.
        factors: What is held fixed.
        digests: Digest the variables after each cell.
    """

    observed: str
    cell: str
    stack: str
    project: str
    source: str
    cache: str = ""
    shared: bool = False
    linked: tuple[str, ...] = ()
    factors: Factors = Factors()
    digests: bool = True

    @classmethod
    def read(cls, config: Mapping[str, Any]) -> Settings:
        """Build settings from parsed JSON; keys that this version does not know are errors."""
        values = dict(config)
        values["factors"] = Factors(**values.get("factors", {}))
        values["linked"] = tuple(values.get("linked", ()))
        return cls(**values)
