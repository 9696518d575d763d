"""`python -m ... FOLDER`: a service with a real log in a folder, to be killed; says its address."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from lifecycle_core.adapters.prediction_log import open_prediction_log
from tests.fakes.serving import FakeLedger, running, served


def main(folder: Path) -> None:
    """Serve until killed."""
    log = open_prediction_log(folder / "log", wal=folder / "wal", drain_seconds=0.2)
    ledger = FakeLedger(lambda version: served(version=version))
    with running(ledger.following(), log) as address:
        sys.stdout.write(f"{address}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
