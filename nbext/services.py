"""The services that a session started beside itself; each ends with it, or when it is replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbext.progress import shown_progress

if TYPE_CHECKING:
    from lifecycle_core.schema.serving import Service
    from lifecycle_core.verbs.attending import ServiceBeside

_STARTING = "Starting the service"


class Services:
    """Services by the release that they were started for."""

    def __init__(self) -> None:
        self._running: dict[str, tuple[ServiceBeside, Service]] = {}

    def start(self, name: str, service: ServiceBeside, *, port: int) -> Service:
        """Start a service in the place of the one of that name; return where it answers.

        That one answers until the new one does, unless it has the port (0: no certain one).
        """
        before = self._running.get(name)
        if before is not None and before[1].address.endswith(f":{port}"):
            self.stop(name)
        with shown_progress() as progress:
            progress.begin(_STARTING)
            started = service.start()
            progress.end(_STARTING)
        self.stop(name)
        self._running[name] = service, started
        return started

    def stop(self, name: str) -> str:
        """End the service of that name, if there is one, and say so."""
        before = self._running.pop(name, None)
        if before is None:
            others = ""
            if self._running:
                others = f"; {', '.join(self._running)} {'are' if len(self._running) > 1 else 'is'}"
            return f"{name} is not served from here{others}.\n"
        before[0].stop()
        return f"{name} is not served from here any more.\n"
