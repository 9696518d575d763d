"""`python -m ... FOLDER`: a service that wants certificates of its clients; says its address."""

from __future__ import annotations

import sys
from pathlib import Path

from lifecycle_core.adapters.serving.running import Binding, run
from tests.fakes.serving import FakeLedger, MemoryLog, application, served


def main(folder: Path) -> None:
    """Serve until a signal ends it."""
    binding = Binding(
        port=0,
        certificate=folder / "server.pem",
        key=folder / "server.key",
        client_ca=folder / "clients.pem",
    )
    ledger = FakeLedger(lambda version: served(version=version))
    run(application(ledger.following(), MemoryLog()), binding, ready=say)


def say(address: str) -> None:
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
