"""The recorder: puts the observers together and hears about each cell."""

from __future__ import annotations

import atexit
import sys
from typing import TYPE_CHECKING, Any

from .callers import Callers
from .cells import Cells
from .files import Files
from .log import Log
from .settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Recorder:
    """Watches one kernel from before ipykernel is loaded until the process ends."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        settings = Settings.read(config)
        self._log = Log(settings.observed)
        self._cells = Cells(settings.cell)
        callers = Callers(settings.project, self._cells)
        self._files = Files(settings, self._log, self._cells, callers)
        self._modules: set[str] = set()
        self._events: dict[str, Callable[..., None]] = {"import": self._module}
        self._events.update(self._files.events())

    def start(self) -> None:
        """Begin to watch."""
        self._loaded()
        atexit.register(self._loaded)
        sys.addaudithook(self._hear)

    def begin(self, shell: Any, source: str) -> None:  # noqa: ANN401 - IPython's shell
        """Note that a cell starts."""
        self._cells.begin(shell, source)

    def end(self, _shell: Any) -> None:  # noqa: ANN401 - as above
        """Tell what the cell that ended did."""
        self._log.tell("cell", cell=self._cells.index)
        self._loaded()

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        # Python calls this very often: most events end here.
        observer = self._events.get(event)
        if observer is not None:
            observer(*arguments)

    def _module(self, name: object, *_rest: object) -> None:
        if isinstance(name, str) and (top := name.partition(".")[0]) not in self._modules:
            self._modules.add(top)
            self._log.tell("module", what=top)

    def _loaded(self) -> None:
        """Note what is loaded now: `importlib.import_module` raises no event."""
        for name in list(sys.modules):
            self._module(name)
