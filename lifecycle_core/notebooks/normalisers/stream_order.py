"""The order of stdout and stderr, which no kernel guarantees: each in one piece, in front."""

from __future__ import annotations

from lifecycle_core.notebooks.normalisers.base import Normaliser, Outputs, display, stream


def _normalise(outputs: Outputs) -> Outputs:
    streams: dict[str, list[str]] = {}
    others = []
    for output in outputs:
        if output.get("output_type") == "stream":
            streams.setdefault(str(output.get("name")), []).append(str(output.get("text", "")))
        else:
            others.append(output)
    merged = [stream("".join(streams[name]), name) for name in sorted(streams, reverse=True)]
    return (*merged, *others)


NORMALISER = Normaliser(
    name="stream_order",
    normalise=_normalise,
    equal=(
        (stream("warned\n", "stderr"), stream("1\n"), stream("2\n")),
        (stream("1\n"), stream("warned\n", "stderr"), stream("2\n")),
    ),
    different=(
        (display("text/plain", "first"), display("text/plain", "second")),
        (display("text/plain", "second"), display("text/plain", "first")),
    ),
)
