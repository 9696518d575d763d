"""Tracebacks of cells that may raise: they hold paths and cell numbers; the error itself counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.notebooks.normalisers.base import Normaliser, Outputs, always

if TYPE_CHECKING:
    from lifecycle_core.notebooks.normalisers.base import Output


def _normalise(outputs: Outputs) -> Outputs:
    return tuple(
        {**output, "traceback": []} if output.get("output_type") == "error" else output
        for output in outputs
    )


def _error(value: str, where: str) -> Output:
    return {"output_type": "error", "ename": "ValueError", "evalue": value, "traceback": [where]}


NORMALISER = Normaliser(
    name="traceback",
    normalise=always(_normalise),
    equal=((_error("no rows", "Cell In[3], line 1"),), (_error("no rows", "Cell In[9], line 1"),)),
    different=((_error("no rows", "Cell In[3]"),), (_error("no columns", "Cell In[3]"),)),
)
