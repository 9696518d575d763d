"""Convert a fitted model: an encoding for its columns, and ONNX for what takes the array.

    model --split--> front --follow, ask--> Encoding
                 --> rest  --skl2onnx, our trees--> ONNX

Nothing is promised about the result: whether it scores as the model does is found out row by row.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import numpy as np

from lifecycle_core.adapters.converting.encoders import encoded_columns
from lifecycle_core.adapters.converting.onnx_trees import parts_within, settle, tree_converters
from lifecycle_core.adapters.converting.trees import has_trees, trees_of
from lifecycle_core.adapters.model_parts import NotConvertible, split
from lifecycle_core.adapters.scorers.arrays import INPUT
from lifecycle_core.adapters.scorers.encoding import Encoder
from lifecycle_core.adapters.scorers.output import Estimator
from lifecycle_core.errors import TableInvalid
from lifecycle_core.schema.encoding import Encoding, NumberColumn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lifecycle_core.adapters.model_parts import Fitted
    from lifecycle_core.schema.contract import Contract

_LARGEST_FLOAT32 = float(np.finfo(np.float32).max)
_LARGEST = float(np.finfo(np.float64).max)
_LIBRARIES = ("onnx", "onnxruntime", "skl2onnx", "scikit-learn")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Converted:
    """What became of a model.

    Attributes:
        encoding: What its columns become; None if that has no form here.
        rest: The fitted estimator that takes the array; None without an encoding.
        onnx: The rest as ONNX, the content of a file; None if it does not convert.
        why: What stood in the way, in a sentence; empty if nothing did.
    """

    encoding: Encoding | None = None
    rest: Fitted = None
    onnx: bytes | None = None
    why: str = ""


def convert(
    model: Fitted,
    contract: Contract,
    sample: Mapping[str, Sequence[Any]],
    *,
    column: int | None,
) -> Converted:
    """Convert a fitted model as far as it goes.

    Args:
        model: The estimator; it is not changed.
        contract: Names and types of its columns.
        sample: Rows that it was fitted on, a list a column; a few will do.
        column: Which column of its probabilities is the score; None for a prediction.
    """
    features = [feature.name for feature in contract.features]
    try:
        parts = split(model, features)
        encoding = Encoding(columns=encoded_columns(parts, contract), largest=_LARGEST)
    except NotConvertible as error:
        return Converted(why=f"not converted: {error}")
    encoding = _bounded(encoding, parts.rest, sample, column)
    try:
        onnx = _onnx(parts.rest, width=len(encoding.owners), classifies=column is not None)
    except ModuleNotFoundError:
        why = "not converted: the extra serve is not installed"
        return Converted(encoding=encoding, rest=parts.rest, why=why)
    except Exception as error:  # noqa: BLE001 - a foreign converter raises whatever it meets
        first = str(error).strip().partition("\n")[0]
        why = f"not converted: {type(parts.rest).__name__}: {first:.200}"
        return Converted(encoding=encoding, rest=parts.rest, why=why)
    return Converted(encoding=encoding, rest=parts.rest, onnx=onnx)


def thresholds_of(converted: Converted) -> dict[str, list[float]]:
    """Return by feature the values at which a converted model's trees turn, as far as is known.

    Values of a scaled column are calculated back, and may be off by a rounding.
    """
    found: dict[str, list[float]] = {}
    final = converted.rest
    if converted.encoding is None or not has_trees(final):
        return found
    try:
        nodes = trees_of(final).nodes
    except ValueError:  # trees of a kind that is not read: nothing is known of them
        return found
    columns = [column for column in converted.encoding.columns for _ in range(column.width)]
    for place, turn in zip(nodes.column[~nodes.leaf], nodes.threshold[~nodes.leaf], strict=True):
        asked = columns[int(place)]
        if isinstance(asked, NumberColumn) and np.isfinite(turn):
            found.setdefault(asked.feature, []).append(_back(asked, float(turn)))
    return found


def turns_at_infinity(model: Fitted) -> bool:
    """Tell whether a tree within a model asks for nothing but whether a value is missing."""
    for part in parts_within(model):
        if has_trees(part):
            try:
                nodes = trees_of(part).nodes
            except ValueError:  # as above
                continue
            if np.isinf(nodes.threshold[~nodes.leaf]).any():
                return True
    return False


def _back(column: NumberColumn, number: float) -> float:
    for operation, by in reversed(column.operations):
        if operation == "add":
            number -= by
        elif operation == "subtract":
            number += by
        elif operation == "multiply":
            number = number / by if by else number
        elif operation == "divide":
            number *= by
    return number


def library_versions() -> dict[str, str]:
    """Return the versions of what converts and computes, as far as it is installed."""
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _onnx(rest: Fitted, *, width: int, classifies: bool) -> bytes:
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import DoubleTensorType
    from skl2onnx.helpers.onnx_helper import select_model_inputs_outputs

    final = rest.steps[-1][1] if hasattr(rest, "steps") else rest
    converters, shapes = tree_converters(rest)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is lost is found out row by row
        graph = convert_sklearn(
            rest,
            initial_types=[(INPUT, DoubleTensorType([None, width]))],
            options={id(final): {"zipmap": False}} if classifies else None,
            custom_conversion_functions=converters,
            custom_shape_calculators=shapes,
        )
        settle(graph)
        # Without the label, whose computation nobody waits for.
        graph = select_model_inputs_outputs(graph, outputs=[graph.graph.output[-1].name])
    content: bytes = graph.SerializeToString()
    return content


def _bounded(
    encoding: Encoding,
    rest: Fitted,
    sample: Mapping[str, Sequence[Any]],
    column: int | None,
) -> Encoding:
    """Return an encoding that refuses what the estimator refuses; that is tried out."""
    row = Encoder.of(encoding).rows({name: values[:1] for name, values in sample.items()})
    estimator = Estimator.of(rest, column)

    def refuses(at: int, number: float) -> bool:
        tried = row.copy()
        tried[0, at] = number
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of an overflow, say
                estimator(tried)
        except TableInvalid:
            return True
        return False

    kinds = list(_kinds(encoding))
    numbers = [at for at, (number, _) in enumerate(kinds) if number]
    lacking = [at for at, (_, lacks) in enumerate(kinds) if lacks]
    narrow = any(refuses(at, _LARGEST_FLOAT32 * 2) for at in numbers)
    return encoding.model_copy(
        update={
            "largest": _LARGEST_FLOAT32 if narrow else _LARGEST,
            "never_missing": tuple(at for at in lacking if refuses(at, np.nan)),
        }
    )


def _kinds(encoding: Encoding) -> Iterator[tuple[bool, bool]]:
    """Yield for each position whether any number may stand there, and whether it may lack."""
    for column in encoding.columns:
        if isinstance(column, NumberColumn):
            yield True, column.missing is None
            continue
        rows = [row for row in (*column.numbers, column.unknown, column.missing) if row]
        for at in range(column.width):
            yield False, any(row[at] is None for row in rows)
