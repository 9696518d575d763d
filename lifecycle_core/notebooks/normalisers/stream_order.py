"""The order of streams and displays, which no kernel guarantees: each stream whole, in front.

Measured: what threads and programs print lands before or after a display by timing alone, and
nbclient itself puts stderr after stdout.
"""

from __future__ import annotations

from lifecycle_core.notebooks.normalisers.base import (
    Normaliser,
    Outputs,
    always,
    display,
    is_stream,
    stream,
)


def _normalise(outputs: Outputs) -> Outputs:
    streams: dict[str, list[str]] = {}
    others = []
    for output in outputs:
        if is_stream(output):
            streams.setdefault(str(output.get("name")), []).append(str(output.get("text", "")))
        else:
            others.append(output)
    merged = [stream("".join(streams[name]), name) for name in sorted(streams, reverse=True)]
    return (*merged, *others)


NORMALISER = Normaliser(
    name="stream_order",
    normalise=always(_normalise),
    equal=(
        (stream("warned\n", "stderr"), stream("1\n"), stream("2\n")),
        (stream("1\n"), stream("warned\n", "stderr"), stream("2\n")),
    ),
    different=(
        (display("text/plain", "first"), display("text/plain", "second")),
        (display("text/plain", "second"), display("text/plain", "first")),
    ),
)
