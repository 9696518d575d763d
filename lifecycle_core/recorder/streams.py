"""How much a cell may print: beyond that nobody reads it, and the engine would have to hold it."""

from __future__ import annotations

from typing import Any

_MOST = 32 * 1024 * 1024
"""Characters of one stream in one cell."""
_CUT = f"\n[nbrelease: more than {_MOST:,} characters; the rest is not kept]\n"


class Streams:
    """Counts what a cell writes to its streams and drops what comes after too much."""

    def __init__(self) -> None:
        self._written: dict[str, int] = {}

    def bound(self, stream: Any) -> None:  # noqa: ANN401 - ipykernel's class OutStream
        """Let all streams of a class heed the limit."""
        original = stream.write
        written = self._written

        def write(self: Any, string: str) -> int | None:  # noqa: ANN401 - an OutStream
            before = written.get(self.name, 0)
            if before > _MOST:
                return len(string)
            written[self.name] = before + len(string)
            if before + len(string) > _MOST:
                original(self, string[: _MOST - before])
                original(self, _CUT)
                return len(string)
            kept: int | None = original(self, string)
            return kept

        stream.write = write

    def begin(self) -> None:
        """Let a new cell print as much again."""
        self._written.clear()
