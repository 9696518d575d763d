"""The program `nbrelease`: signals, then the commands."""

from __future__ import annotations

import signal

from lifecycle_core.cli.commands import app


def main() -> None:
    """Run the command line and leave with its exit code."""
    signal.signal(signal.SIGTERM, _interrupt)
    app()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
