"""Frames of polars, narwhals and xarray, and pictures."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ...builtin_names import BUILTINS
from ..leaves import leaf
from ..parts import Part, Refused, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

globals()["__builtins__"] = BUILTINS

ROWS = 65536


def polars_frame(value: Value) -> Iterator[Part]:
    """A polars frame: its columns in their order."""
    yield leaf(value.height)
    yield leaf(value.width)
    for column in value.get_columns():
        yield (column,)


def polars_series(value: Value) -> Iterator[Part]:
    """A polars series; how it is cut in chunks does not count."""
    yield leaf(value.name)
    yield leaf(str(value.dtype))
    yield leaf(len(value))
    if "pyarrow" in sys.modules and str(value.dtype) != "Object":
        yield (value.to_arrow(),)
        return
    for start in range(0, len(value), ROWS):
        yield (value.slice(start, ROWS).to_list(),)


def polars_plan(value: Value) -> Iterator[Part]:
    """A lazy frame or an expression: its plan, not its result."""
    yield value.serialize()


def narwhals(value: Value) -> Iterator[Part]:
    """A narwhals frame or series: the one it wraps."""
    yield (value.to_native(),)


def xarray_array(value: Value) -> Iterator[Part]:
    """An xarray array with its coordinates."""
    yield (value.name,)
    yield (value.variable,)
    for name in sorted(value.coords, key=str):
        yield (name,)
        yield (value.coords[name].variable,)


def xarray_dataset(value: Value) -> Iterator[Part]:
    """An xarray dataset."""
    yield (value.attrs,)
    for name in value.variables:
        yield (name,)
        yield (value.variables[name],)


def xarray_variable(value: Value) -> Iterator[Part]:
    """An xarray variable: dimensions, values, attributes."""
    yield (tuple(value.dims),)
    yield (value.attrs,)
    yield (value.values,)


def image(value: Value) -> Iterator[Part]:
    """A picture by its pixels; one whose file is not read yet has none."""
    if getattr(value, "_im", None) is None:
        raise Refused("a picture that is not read yet")
    yield leaf(value.mode)
    yield leaf(tuple(value.size))
    yield memoryview(value.tobytes())
    yield (value.getpalette() if value.mode == "P" else None,)
