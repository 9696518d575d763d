"""The test that goes with a package: it pins what the pipeline gave when it was proven.

It lies in a folder `tests` that is no package: beside the steps pytest would import the package
before the test has said where `pipelines`, and modules beside the notebook, are to be found.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_NO_LITERAL = re.compile(r"\b(?:nan|inf)\b")
_HEAD = '''"""The pipeline `{name}` gives what it gave when it was compiled and proven.

It runs in the notebook's folder, because relative paths are relative to that.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[1]
NOTEBOOKS = (HERE / {folder!r}).resolve()
sys.path[:0] = [str(HERE.parents[1]), str(NOTEBOOKS)]

from pipelines.{name} import run


def same(value: Any, pinned: Any) -> bool:
    """Compare numbers to twelve digits, and everything else exactly."""
    if isinstance(pinned, float):
        both_nan = math.isnan(value) and math.isnan(pinned)
        return both_nan or math.isclose(value, pinned, rel_tol=1e-12)
    return bool(value == pinned)

'''
_TABLE = '''
def fingerprint(table: Any) -> str:
    """Return a digest of a frame's or a series' values and index."""
    import pandas as pd

    hashes = pd.util.hash_pandas_object(table, index=True).to_numpy()
    return hashlib.sha256(hashes.tobytes()).hexdigest()[:16]

'''
_ARRAY = '''
def content(array: Any) -> str:
    """Return a digest of an array's bytes."""
    return hashlib.sha256(array.tobytes()).hexdigest()[:16]

'''
_NEAR = '''
def near(value: Any, pinned: Any) -> bool:
    """Compare numbers with the tolerance that the pipeline was proven with."""
    if isinstance(pinned, float):
        both_nan = math.isnan(value) and math.isnan(pinned)
        return both_nan or math.isclose(value, pinned, rel_tol={rtol!r})
    if isinstance(pinned, (list, tuple)):
        alike = len(value) == len(pinned)
        return alike and all(near(a, b) for a, b in zip(value, pinned, strict=True))
    if isinstance(pinned, dict):
        return value.keys() == pinned.keys() and all(near(value[k], pinned[k]) for k in pinned)
    return bool(value == pinned)

'''
_NEAR_TABLE = '''
def split(table: Any) -> tuple[list[float], str]:
    """Return the sums of the sizes of columns with fractions, and a digest of the others."""
    import pandas as pd

    frame = table.to_frame() if table.ndim == 1 else table
    numbers, others = frame.select_dtypes("floating"), frame.select_dtypes(exclude="floating")
    hashes = pd.util.hash_pandas_object(others if others.shape[1] else frame.index).to_numpy()
    sums = [float(abs(column.to_numpy()).sum()) for _, column in numbers.items()]
    return sums, hashlib.sha256(hashes.tobytes()).hexdigest()[:16]

'''


def pin_test(
    name: str, folder: str, pins: Mapping[str, Mapping[str, Any]], *, rtol: float = 0.0
) -> str:
    """Return the module of the test.

    Args:
        name: Of the pipeline.
        folder: The notebook's folder, relative to the package.
        pins: By variable, what was seen of it: `kind` and `value`, `shape`, `digest` or `type`.
        rtol: Relative difference of two numbers that those of a kind `near ...` may have.

    Example:
        >>> text = pin_test("churn", "../..", {"auc": {"kind": "value", "value": "0.75"}})
        >>> 'assert same(values["auc"], 0.75)' in text
        True
    """
    kinds = {pin["kind"] for pin in pins.values()}
    text = _HEAD.format(name=name, folder=folder)
    text += _TABLE if "table" in kinds else ""
    text += _ARRAY if "array" in kinds else ""
    text += _NEAR.format(rtol=rtol) if any(kind.startswith("near") for kind in kinds) else ""
    text += _NEAR_TABLE if "near table" in kinds else ""
    lines = [
        "",
        "def test_results() -> None:",
        "    with contextlib.chdir(NOTEBOOKS):",
        "        values = run()",
        *(f"    {line}" for line in _assertions(pins)),
        *([] if pins else ["    assert isinstance(values, dict)"]),
    ]
    return text + "\n".join(lines) + "\n"


def _assertions(pins: Mapping[str, Mapping[str, Any]]) -> Iterable[str]:
    for name, pin in pins.items():
        where = f'values["{name}"]'
        match pin["kind"]:
            case "value":
                yield f"assert same({where}, {pin['value']})"
            case "table":
                yield f"assert {where}.shape == {tuple(pin['shape'])!r}"
                yield f'assert fingerprint({where}) == "{pin["digest"]}"'
            case "array":
                yield f"assert {where}.shape == {tuple(pin['shape'])!r}"
                yield f'assert content({where}) == "{pin["digest"]}"'
            case "near value":
                yield f"assert near({where}, {pin['value']})"
            case "near table":
                yield f"assert {where}.shape == {tuple(pin['shape'])!r}"
                yield f"sums, others = split({where})"
                yield f"assert near(sums, {_literal(pin['sums'])})"
                yield f'assert others == "{pin["digest"]}"'
            case "near array":
                yield f"assert {where}.shape == {tuple(pin['shape'])!r}"
                yield f"assert near(float(abs({where}).sum()), {_literal(pin['sum'])})"
            case _:
                yield f'assert type({where}).__name__ == "{pin["type"]}"'


def _literal(numbers: str) -> str:
    """Return numbers as Python's text has them, also those that have no literal."""
    return _NO_LITERAL.sub(r'float("\g<0>")', numbers)
