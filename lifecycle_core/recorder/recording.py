"""The recorder: puts the observers together and hears about each cell."""

from __future__ import annotations

import atexit
import faulthandler
import os
import sys
from typing import TYPE_CHECKING, Any

from .callers import Callers
from .cells import Cells
from .clock import Clock
from .files import Files
from .generators import Generators
from .imports import Imports
from .log import Log
from .namespace import Tracker
from .network import Network
from .processes import Processes
from .randomness import Randomness
from .readers import Readers
from .settings import STACK_SIGNAL, Settings
from .sqlite_databases import SqliteDatabases
from .streams import Streams
from .threads import Threads
from .warned import Warned

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Recorder:
    """Watches one kernel from before ipykernel is loaded until the process ends.

    Attributes:
        streams: Bounds what a cell prints.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        settings = Settings.read(config)
        self._log = Log(settings.observed)
        self._cells = Cells(settings.cell, self._log)
        self._project = os.path.realpath(settings.project)
        callers = Callers(settings.project, self._cells)
        self._files = Files(settings, self._log, self._cells, callers)
        self._imports = Imports()
        Readers(self._files, self._imports)
        seed = settings.factors.seed
        self._randomness = Randomness(seed, self._log, self._cells, callers)
        self._generators = Generators(self._randomness, callers, seed)
        self._clock = Clock(settings.factors, self._log, self._cells, callers)
        self._warned = Warned(self._log, self._cells, callers)
        network = Network(
            allowed=settings.factors.network, log=self._log, cells=self._cells, callers=callers
        )
        processes = Processes(self._log, self._cells, callers)
        self._threads = Threads(
            alone=settings.factors.one_thread,
            delays=settings.factors.delays,
            log=self._log,
            cells=self._cells,
            callers=callers,
        )
        self.streams = Streams()
        self._stack = settings.stack
        self._source = ""
        self._tracker: Tracker | None = None
        self._digests = settings.digests
        self._modules: set[str] = set()
        self._events: dict[str, Callable[..., Exception | None]] = {"import": self._module}
        for observer in (
            self._files,
            SqliteDatabases(self._files, self._imports),
            network,
            processes,
        ):
            self._events.update(observer.events())

    def start(self) -> None:
        """Begin to watch."""
        self._loaded()
        atexit.register(self._loaded)
        self._randomness.start(self._imports)
        self._generators.start(self._imports)
        self._clock.start()
        self._warned.start()
        self._threads.start(self._imports)
        self._dumping = open(self._stack, "wb", buffering=0)  # noqa: SIM115 - as long as the process
        faulthandler.register(STACK_SIGNAL, self._dumping, all_threads=False)
        self._imports.start()
        sys.addaudithook(self._hear)

    def begin(self, shell: Any, source: str) -> None:  # noqa: ANN401 - IPython's shell
        """Note that a cell starts."""
        self._cells.begin(shell, source)
        self.streams.begin()
        if self._digests:
            self._track(shell, source)
        self._randomness.begin()
        self._generators.begin()
        self._clock.begin()

    def end(self) -> None:
        """Tell what the cell that ended did."""
        self._randomness.end()
        self._files.end()
        fact: dict[str, Any] = {"generators": self._generators.end()}
        if self._tracker is not None:
            fact.update(self._changes(self._tracker))
        self._log.tell("cell", cell=self._cells.index, **fact)
        self._loaded()

    def _track(self, shell: Any, source: str) -> None:  # noqa: ANN401 - as above
        self._source = source
        try:
            if self._tracker is None:
                self._tracker = Tracker(
                    shell.user_ns,
                    folder=self._project,
                    temporary=os.environ.get("TMPDIR", ""),
                    home=os.environ.get("HOME", ""),
                )
            self._tracker.before(source)
        except Exception:  # noqa: BLE001 - a value that defends itself must not end the run
            self._tracker = None

    def _changes(self, tracker: Tracker) -> dict[str, Any]:
        try:
            changes = tracker.after(self._source)
        except Exception:  # noqa: BLE001 - as above
            return {}
        return {
            "variables": {
                name: {"type": found.type, "digest": found.text, "note": found.note}
                for name, found in changes.variables.items()
            },
            "deleted": changes.deleted,
            "aliases": changes.aliases,
            "seconds": changes.seconds,
        }

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        # Python calls this very often: most events end here.
        observer = self._events.get(event)
        if observer is None:
            return
        try:
            refusal = observer(*arguments)
        except Exception:  # noqa: BLE001 - what is odd about this call, Python itself will say
            return
        if refusal is not None:
            raise refusal

    def _module(self, name: object, *_rest: object) -> None:
        if isinstance(name, str) and name not in self._modules:
            self._modules.add(name)
            self._log.tell("module", what=name)

    def _loaded(self) -> None:
        """Note what is loaded now: `importlib.import_module` raises no event."""
        for name in list(sys.modules):
            self._module(name)
