"""What goes to stderr: warnings and progress bars, whose rates and paths differ on every run."""

from __future__ import annotations

from lifecycle_core.notebooks.normalisers.base import Normaliser, Outputs, stream


def _normalise(outputs: Outputs) -> Outputs:
    return tuple(
        output
        for output in outputs
        if not (output.get("output_type") == "stream" and output.get("name") == "stderr")
    )


NORMALISER = Normaliser(
    name="stderr",
    normalise=_normalise,
    equal=(
        (stream("fit: 100%|#####| 5/5 [00:03<00:00, 1.61it/s]\n", "stderr"), stream("0.8\n")),
        (stream("fit: 100%|#####| 5/5 [00:02<00:00, 2.02it/s]\n", "stderr"), stream("0.8\n")),
    ),
    different=((stream("0.8\n"),), (stream("0.9\n"),)),
)
