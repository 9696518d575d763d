"""The stepper: calls a step's function in this process as the notebook's kernel ran its cells."""

from __future__ import annotations

import importlib
import os
import pickle
import sys
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from lifecycle_core.adapters.local_modules import import_from
from lifecycle_core.adapters.peak_memory import forget_peak, peak_bytes
from lifecycle_core.adapters.stepping import generators
from lifecycle_core.adapters.stepping.charts import sheets_of
from lifecycle_core.adapters.stepping.drawing import Drawing, Sheets
from lifecycle_core.adapters.stepping.failing import Told, told
from lifecycle_core.adapters.stepping.file_states import ABSENT, named, state_of
from lifecycle_core.adapters.stepping.loaded import Loaded
from lifecycle_core.adapters.stepping.printing import Printing
from lifecycle_core.adapters.stepping.turns import Turns
from lifecycle_core.adapters.stepping.watching import Observer, Watcher
from lifecycle_core.adapters.store import ObjectBroken
from lifecycle_core.recorder.imports import Imports

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from lifecycle_core.adapters.pipeline_packages import PackagePlace
    from lifecycle_core.schema.pipeline import Generator, Step

_Given: TypeAlias = (
    "tuple[Callable[[], Mapping[str, Any]], Mapping[str, Any], Mapping[Generator, Any]]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a step gave.

    Attributes:
        outputs: By variable, its value.
        read: By path, digests of the files that it read, as they were before it.
        listed: By path, the names that were in a folder that it listed.
        loaded: By path, digests of what loading its code, and other code before it in this process,
            read beside the modules that count by statements.
        written: By path, where a file that it wrote lies now; None if the file is gone.
        programs: It started some, whose doing is not seen.
        states: Of the generators that it draws from, after it.
        drawn: Its figures.
        peak_bytes: None in a process that does several things at once.
    """

    outputs: dict[str, Any]
    read: dict[str, str]
    listed: dict[str, frozenset[str]]
    written: dict[str, Path | None]
    loaded: dict[str, str] = field(default_factory=dict)
    programs: bool = False
    states: dict[Generator, Any] = field(default_factory=dict)
    printed: str = ""
    drawn: Sheets = field(default_factory=Sheets)
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_bytes: int | None = None


class StepFailed(Exception):  # noqa: N818 - the name is the fact
    """A step raised; `told` says what and where, the others what it had done until then."""

    def __init__(
        self,
        told: Told,
        printed: str,
        drawn: Sheets,
        seconds: float,
        written: dict[str, Path | None],
    ) -> None:
        super().__init__(told.error)
        self.written = written
        self.told = told
        self.printed = printed
        self.drawn = drawn
        self.seconds = seconds


class Stepper:
    """Runs steps in this process; a process has one, for what it hears of cannot be undone.

    Args:
        shared: Several threads of this process run steps at once.
    """

    def __init__(self, *, shared: bool = False) -> None:
        self._shared = shared
        imports = Imports()
        self._observer = Observer(imports)
        self._printing = Printing()
        self._drawing = Drawing(imports)
        imports.start()
        self._turns = Turns()
        self._loading = threading.RLock()
        self._loaded: dict[Path, Loaded] = {}
        self._first: dict[tuple[str, str], Any] = {}

    def run(
        self,
        step: Step,
        place: PackagePlace,
        *,
        inputs: Callable[[], Mapping[str, Any]],
        parameters: Mapping[str, Any],
        states: Mapping[Generator, Any],
        alone: bool,
        apart: tuple[str, ...] = (),
        keep: Callable[[Path], None] | None = None,
        modules: Collection[str] = (),
    ) -> Ran:
        """Call a step's function.

        Args:
            step: Which.
            place: Of its package.
            inputs: Gives the values of its inputs, which it may change in place.
            parameters: Those that it takes.
            states: Of generators, before it; what is not named begins as in a new process.
            alone: It changes what all threads of a process share.
            apart: Folders in which files are none of the step's.
            keep: Given a file that the step has read and is about to change.
            modules: Paths of local modules whose code counts by statements, as `Package.files` has
                them.

        Raises:
            StepFailed: It raised, or could not be loaded.
            ObjectBroken: `inputs` did.
        """
        home, root = (Path(os.path.realpath(one)) for one in (place.home, place.root))
        watcher = Watcher(home, root, apart, keep)
        with self._turns.turn(alone=alone, generators=bool(step.generators)):
            try:
                ran = self._run(step, place, watcher, (inputs, parameters, states))
            finally:  # also what a step that failed has loaded stays
                loaded = self._loaded.setdefault(home, Loaded()).after(watcher, place, modules)
            return replace(ran, loaded=loaded)

    def _run(self, step: Step, place: PackagePlace, watcher: Watcher, given: _Given) -> Ran:
        inputs, parameters, states = given
        os.chdir(place.home)
        self._printing.begin()
        self._drawing.begin()
        started, cpu = time.perf_counter(), self._cpu()
        try:
            self._observer.begin(watcher)
            try:
                function = self._function(step, place)
                values = dict(inputs())  # once the package can be found: they may need it
                self._prepare(step, place, states)
                forget_peak()
                started, cpu = time.perf_counter(), self._cpu()
                result = function(
                    *(values.pop(each.name) for each in step.inputs),
                    **{name: parameters[name] for name in step.parameters},
                )
            finally:
                self._observer.end()
                seconds = time.perf_counter() - started
            outputs = _outputs(step, result)
        except BaseException as error:  # a step may raise anything, also SystemExit
            drawn, printed = self._drawing.end(), self._printing.end()
            if isinstance(error, ObjectBroken):
                raise
            folder = place.root.joinpath(*place.name.split("."))
            found = told(error, step, folder=folder, notebook=place.notebook)
            written = _written(watcher, place)
            raise StepFailed(found, printed, drawn, seconds, written) from None
        cpu_seconds = max(self._cpu() - cpu, 0.0)
        peak = None if self._shared else peak_bytes()
        left = generators.states(step.generators)
        drawn = self._drawing.end()  # may warn, as it does below a notebook's cell
        drawn = drawn.with_more(sheets_of(outputs))
        return Ran(
            outputs=outputs,
            read=_read(step, watcher, place),
            listed=watcher.listed,
            written=_written(watcher, place),
            programs=watcher.programs,
            states=left,
            printed=self._printing.end(),
            drawn=drawn,
            seconds=seconds,
            cpu_seconds=cpu_seconds,
            peak_bytes=peak,
        )

    def _function(self, step: Step, place: PackagePlace) -> Any:  # noqa: ANN401 - a function of the user's
        with self._loading:
            import_from(str(place.home), str(place.root))
            if place.name not in sys.modules:
                before = generators.states(place.generators)
                importlib.import_module(place.name)
                for name, state in generators.states(place.generators).items():
                    if pickle.dumps(before[name]) != pickle.dumps(state):
                        self._first[place.name, name] = state  # `set_up` seeds it
            module = importlib.import_module(f"{place.name}.{step.name}")
        return getattr(module, step.name)

    def _prepare(self, step: Step, place: PackagePlace, states: Mapping[Generator, Any]) -> None:
        """Put the generators that a step draws from into the states they are to be in."""
        for name in step.generators:
            if name in states:
                generators.restore({name: states[name]})
            elif (place.name, name) in self._first:
                generators.restore({name: self._first[place.name, name]})
            else:
                generators.unseed([name])

    def _cpu(self) -> float:
        return time.thread_time() if self._shared else time.process_time()


def _outputs(step: Step, result: object) -> dict[str, Any]:
    if not step.outputs:
        return {}
    if not isinstance(result, tuple) or len(result) != len(step.outputs):
        raise TypeError(
            f"{step.name} returned {type(result).__name__}, "
            f"wanted a tuple of {len(step.outputs)}: {', '.join(x.name for x in step.outputs)}"
        )
    return {output.name: value for output, value in zip(step.outputs, result, strict=True)}


def _read(step: Step, watcher: Watcher, place: PackagePlace) -> dict[str, str]:
    """Return what a step read: what was seen, and what the notebook's own run is known to read."""
    own = {named(full, watcher.home, watcher.root) for full in watcher.written}
    known = {path: state_of(path, place.home) for path in step.reads if path not in own}
    return {**known, **watcher.read}


def _written(watcher: Watcher, place: PackagePlace) -> dict[str, Path | None]:
    """Return what a step wrote: not what it opened to write and left as it was, as a database."""
    found: dict[str, Path | None] = {}
    for full in sorted(watcher.written):
        path = named(full, watcher.home, watcher.root)
        if not Path(full).is_dir():
            state = state_of(path, place.home)
            if watcher.read.get(path) != state:
                found[path] = Path(full) if state != ABSENT else None
    return found
