"""Charts that are values: figures of plotly, by what they draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...builtin_names import BUILTINS
from ..parts import Part, Refused, Value
from ..types import is_library, lookup, module_name

if TYPE_CHECKING:
    from collections.abc import Iterator

globals()["__builtins__"] = BUILTINS


def figure(value: Value) -> Iterator[Part]:
    """A figure of plotly: the JSON that it is drawn from.

    The order of an object's members says nothing there, and is another one once a figure was saved
    and loaded.
    """
    cls = type(value)
    if not is_library(module_name(cls)):
        raise Refused("a chart of a class from the notebook")
    yield (_ordered(lookup(cls, "to_dict")(value)),)


def _ordered(node: Value) -> Value:
    if type(node) is dict:
        return {name: _ordered(node[name]) for name in sorted(node)}
    if type(node) in {list, tuple}:
        return [_ordered(each) for each in node]
    return node
