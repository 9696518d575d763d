"""A Python that has loaded what is slow to load, and runs modules in copies of itself.

Most of a short command's time is `import mlflow`. A copy made by fork has it already, and is
otherwise what `python -m MODULE` is: its own process, folder, environment, arguments and files.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import signal
import socket
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import Any, BinaryIO

SLOW = (
    "mlflow",
    "mlflow.store.model_registry.sqlalchemy_store",
    "mlflow.store.tracking.sqlalchemy_store",
    "pandas",
    "sklearn.ensemble",
    "sqlalchemy.dialects.sqlite",
)
_LONGEST = 1 << 20  # bytes of a request


@dataclass(frozen=True, slots=True)
class WarmPython:
    """The caller's end of a warm Python, which ends at the latest when its caller does.

    Attributes:
        process: Its number.
        requests: Where it takes requests, until this is closed.
    """

    process: int
    requests: socket.socket

    @classmethod
    def start(cls) -> WarmPython:
        """Start one, which loads while its caller goes on."""
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its:
            process = os.posix_spawn(
                sys.executable,
                [sys.executable, __file__],
                {**os.environ},
                file_actions=[(os.POSIX_SPAWN_DUP2, its.fileno(), 0)],
            )
        return cls(process, ours)

    def end(self) -> None:
        """End it: it takes no more requests. Raise when it had failed."""
        self.requests.close()
        if os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1]):
            raise ChildProcessError(self.process)

    def run(
        self,
        module: str,
        words: Sequence[str],
        *,
        cwd: Path,
        environ: Mapping[str, str],
        output: BinaryIO,
        messages: BinaryIO,
    ) -> int:
        """Run `python -m MODULE WORDS` and give its exit code: minus the signal that ended it."""
        request = json.dumps([module, *words, str(cwd), dict(environ)]).encode()
        reading, writing = os.pipe()
        with os.fdopen(reading) as answer:
            with os.fdopen(writing, "w"):
                files = [output.fileno(), messages.fileno(), writing]
                socket.send_fds(self.requests, [request], files)
            return int(answer.read())


def _serve(requests: socket.socket) -> None:
    """Take requests until the caller is gone; in a copy, run what is asked for."""
    while True:
        request, files, _, _ = socket.recv_fds(requests, _LONGEST, 3)
        if not request:
            return
        if os.fork() == 0:
            requests.close()
            _watch(json.loads(request), *files)
            return
        for each in files:
            os.close(each)


def _watch(request: list[Any], output: int, messages: int, answer: int) -> None:
    """Run the request in a copy, and tell the caller how the copy ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    copy = os.fork()
    if copy:
        _, status = os.waitpid(copy, 0)
        os.write(answer, str(os.waitstatus_to_exitcode(status)).encode())
        os._exit(0)
    os.close(answer)
    os.dup2(output, 1)
    os.dup2(messages, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for each in (output, messages):
        os.close(each)
    module, *words, cwd, environ = request
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environ)
    sys.path[0] = cwd
    sys.argv[1:] = words
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who watch
    for name in SLOW:
        importlib.import_module(name)
    gc.freeze()
    _serve(socket.socket(fileno=0))
