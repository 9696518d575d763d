"""Views of live widgets: they hold a random model id and nothing else."""

from __future__ import annotations

from lifecycle_core.notebooks.normalisers.base import Normaliser, Outputs, always, display

_KIND = "application/vnd.jupyter.widget-view+json"


def _normalise(outputs: Outputs) -> Outputs:
    return tuple(
        {**output, "data": {**output["data"], _KIND: {}}}
        if isinstance(output.get("data"), dict) and _KIND in output["data"]
        else output
        for output in outputs
    )


NORMALISER = Normaliser(
    name="widget_view",
    normalise=always(_normalise),
    equal=((display(_KIND, {"model_id": "3f1c"}),), (display(_KIND, {"model_id": "90aa"}),)),
    different=((display(_KIND, {"model_id": "3f1c"}),), (display("text/plain", "3f1c"),)),
)
