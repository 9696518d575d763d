"""The number in `Out[3]`: 76.9 % of public notebooks skip one, and it says nothing of a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.notebooks.normalisers.base import Normaliser, Outputs, always

if TYPE_CHECKING:
    from lifecycle_core.notebooks.normalisers.base import Output


def _normalise(outputs: Outputs) -> Outputs:
    return tuple(
        {key: value for key, value in output.items() if key != "execution_count"}
        for output in outputs
    )


def _result(text: str, count: int) -> Output:
    data = {"text/plain": text}
    return {"output_type": "execute_result", "data": data, "execution_count": count}


NORMALISER = Normaliser(
    name="execution_count",
    normalise=always(_normalise),
    equal=((_result("0.81", 3),), (_result("0.81", 17),)),
    different=((_result("0.81", 3),), (_result("0.82", 3),)),
)
