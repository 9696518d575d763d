"""One kernel process of the current interpreter: started, asked how it ended, and ended for good.

It talks over Unix sockets in the workspace (no port that another user could reach), leads a
process group of its own, and is launched by `recorder/launcher.py`.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.files import writing
from lifecycle_core.adapters.kernel_environment import (
    kernel_environment,
    needs_user_site,
    processors,
)
from lifecycle_core.adapters.recorded import Recorded, read_recorded
from lifecycle_core.adapters.stacks import Stack, parse_stack
from lifecycle_core.notebooks.factors import Conditions
from lifecycle_core.notebooks.facts import Facts
from lifecycle_core.recorder import launcher
from lifecycle_core.recorder.escaped import end_escaped
from lifecycle_core.recorder.settings import CELL, STACK_SIGNAL, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lifecycle_core.adapters.workspace import Workspace

_SOCKET_PATH = 90
"""Bytes; the system allows about 104 for a socket's path, and the socket's number comes on top."""
_DEFAULT = Conditions()
_POLITE = 5.0
_GRACE = 0.5
_TAIL = 2_000
_STACK = 50_000


class Kernel:
    """A running kernel. Made by `fresh_kernel`, which also ends it.

    Attributes:
        manager: jupyter_client's kernel manager.
        stuck: It is known not to answer, so that asking it to stop would be waiting in vain.
        hash_seed: Its PYTHONHASHSEED.
        threads: What numerical libraries in it are told.
        recorded: What the recorder told, once the kernel has ended.
        temporary: Its folder for temporary files.
    """

    def __init__(
        self,
        workspace: Workspace,
        extra: Mapping[str, str],
        conditions: Conditions,
        *,
        watched: bool,
        shared: bool,
    ) -> None:
        python = conditions.python
        self.stuck = False
        self.hash_seed = conditions.hash_seed
        self.threads = conditions.threads or processors()
        self._memory_kills = memory_kills()
        self.recorded = Recorded(facts=Facts(), begun={})
        self._workspace = workspace
        with writing(workspace.root):
            folder = Path(tempfile.mkdtemp(prefix="k", dir=workspace.root))
            self._sockets = folder
            if len(os.fsencode(folder)) > _SOCKET_PATH:
                self._sockets = Path(tempfile.mkdtemp(prefix="nbrelease-k-", dir="/tmp"))
            # Kept open: the notebook can delete the file, but not what it told before.
            self._observed = (folder / "observed.jsonl").open("w+b")
            self._stack = folder / "stack"
            cell = folder / "cell"
            self._cell = os.open(cell, os.O_RDWR | os.O_CREAT, 0o600)
            self.enter_cell(-1)
            self._log = folder / "kernel.log"
            self.temporary = folder / "tmp"
            self.temporary.mkdir()
            self._environment = kernel_environment(
                workspace,
                self.temporary,
                {**extra, **conditions.variables},
                hash_seed=self.hash_seed,
                threads=self.threads,
            )
            settings = Settings(
                observed=self._observed.name,
                cell=str(cell),
                stack=str(self._stack),
                project=str(workspace.project),
                source=str(workspace.source),
                cache=self._environment["MPLCONFIGDIR"],
                shared=shared,
                linked=tuple(map(str, workspace.linked)),
                factors=conditions.factors,
            )
            config = folder / "config.json"
            config.write_text(json.dumps(asdict(settings) if watched else {}), encoding="utf-8")
        self.manager = _manager(
            argv=[
                str(python or sys.executable),
                *([] if python is None and needs_user_site() else ["-s"]),
                str(Path(launcher.__file__).resolve()),
                str(config),
                "-f",
                "{connection_file}",
                "--HistoryManager.hist_file=:memory:",
            ],
            sockets=self._sockets,
        )

    def ran_out_of_memory(self) -> bool:
        """Tell whether the system has killed for want of memory since the kernel was made."""
        return memory_kills() > self._memory_kills

    def start(self) -> None:
        """Start the process and return at once; the client waits until it answers."""
        from jupyter_core.utils import run_sync

        with self._log.open("wb") as log:
            run_sync(self.manager.start_kernel)(
                cwd=str(self._workspace.notebook.parent),
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        self._process = self.manager.provisioner.process

    def enter_cell(self, index: int) -> None:
        """Tell the observer which cell of the source runs from now on."""
        # In place: the kernel has this file mapped, and a file cut short would kill it.
        os.pwrite(self._cell, CELL.pack(index), 0)

    def returncode(self, wait: float = 2.0) -> int | None:
        """Return how the process ended (minus the signal, if one killed it), or None if it runs."""
        deadline = time.monotonic() + wait
        while (code := self._process.poll()) is None and time.monotonic() < deadline:
            time.sleep(0.02)
        return int(code) if code is not None else None

    def said(self) -> str:
        """Return the end of what the process wrote past Jupyter, such as an interpreter's crash."""
        return self._log.read_text(errors="replace")[-_TAIL:].strip()

    def stack(self, cell: int | None) -> Stack:
        """Ask where the main thread is; of use for a kernel that hangs, shortly before its end.

        Args:
            cell: The running cell.
        """
        self._process.send_signal(STACK_SIGNAL)
        deadline = time.monotonic() + _GRACE
        text = ""
        while time.monotonic() < deadline and not text.endswith("\n"):
            time.sleep(0.02)
            with suppress(OSError):
                text = self._stack.read_text(errors="replace")[:_STACK]
        return parse_stack(text, self._read().begun.get(-1 if cell is None else cell, {}))

    def kill(self) -> None:
        """End the process and everything in its group at once; another thread may wait for it."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def end(self, *, politely: bool) -> None:
        """End the process and everything in its group, and remove its sockets.

        Args:
            politely: First let it run its own clean-up, for a few seconds.
        """
        from jupyter_core.utils import run_sync

        process = getattr(self, "_process", None)
        if process is not None:
            if politely and process.poll() is None:
                run_sync(self.manager.request_shutdown)()
                self.returncode(_POLITE)
            _end_group(process)
            process.wait()
            end_escaped(str(self._workspace.evidence))
        with suppress(OSError):
            run_sync(self.manager.cleanup_resources)()
        os.close(self._cell)
        self.recorded = self._read()
        self._observed.close()
        if self._sockets.parent != self._workspace.root:
            shutil.rmtree(self._sockets, ignore_errors=True)

    def _read(self) -> Recorded:
        self._observed.seek(0)
        return read_recorded(self._observed)


@contextmanager
def fresh_kernel(
    workspace: Workspace,
    extra: Mapping[str, str],
    conditions: Conditions = _DEFAULT,
    *,
    watched: bool = True,
    shared: bool = False,
) -> Iterator[Kernel]:
    """Start a kernel; when the block is left, for whatever reason, nothing of it remains.

    Args:
        workspace: Where it runs.
        extra: Environment variables that win over all others, but for those of `conditions`.
        conditions: How it is started.
        watched: The recorder is there; only to measure its cost it is not.
        shared: It may write to the temporary folders of everybody, even if the project lies there.
    """
    kernel = Kernel(workspace, extra, conditions, watched=watched, shared=shared)
    well = False
    try:
        kernel.start()
        yield kernel
        well = not kernel.stuck
    finally:
        kernel.end(politely=well)


def memory_kills() -> int:
    """Return how often memory ran out in our control group, as the system counts; 0 if unknown."""
    try:
        group = Path("/proc/self/cgroup").read_text().rpartition("::")[2].strip()
        for folder in (Path(f"/sys/fs/cgroup{group}"), Path("/sys/fs/cgroup")):
            if (events := folder / "memory.events").exists():
                counts = dict(line.split() for line in events.read_text().splitlines())
                return int(counts.get("oom_kill", 0))
    except (OSError, ValueError):
        pass
    return 0


def _manager(argv: list[str], sockets: Path) -> Any:  # noqa: ANN401 - jupyter_client has no types
    """Make a kernel manager whose one kernel specification exists in memory only."""
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager

    from lifecycle_core.adapters.kernel_client import Client

    class OneSpec(KernelSpecManager):  # type: ignore[misc]  # jupyter_client has no types
        def get_kernel_spec(self, _name: str) -> KernelSpec:
            return KernelSpec(argv=argv, display_name="Python 3", language="python")

    manager = AsyncKernelManager(
        kernel_name="python3",
        client_factory=Client,
        kernel_spec_manager=OneSpec(),
        transport="ipc",
        ip=str(sockets / "s"),
        connection_file=str(sockets / "connection.json"),
    )
    manager.context.rcvhwm = 0  # never drop an output, however fast they come; see the launcher
    return manager


def _end_group(leader: Any) -> None:  # noqa: ANN401 - a Popen without types
    """Terminate the process group of `leader`, then kill what is left of it."""
    for end in (signal.SIGTERM, signal.SIGKILL):
        number = int(end)
        deadline = time.monotonic() + _GRACE
        while time.monotonic() < deadline:
            try:
                os.killpg(leader.pid, number)
            except ProcessLookupError:
                return
            except PermissionError:
                break  # macOS says so of a group of zombies
            number = 0  # from now on only ask whether somebody is left
            leader.poll()
            time.sleep(0.02)
