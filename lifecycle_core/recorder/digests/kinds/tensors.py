"""torch: tensors and generators; modules are read by their attributes, which hold the tensors."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ...builtin_names import BUILTINS
from ..leaves import leaf
from ..parts import Part, Refused, Value
from . import arrays

if TYPE_CHECKING:
    from collections.abc import Iterator

globals()["__builtins__"] = BUILTINS


def tensor(value: Value) -> Iterator[Part]:
    """A tensor: type, shape, whether it needs gradients, elements; the device does not count."""
    torch = sys.modules["torch"]
    yield leaf(str(value.dtype))
    yield leaf(tuple(value.shape))
    yield leaf(bool(value.requires_grad))
    plain = value.detach()
    if plain.is_sparse or plain.is_quantized or plain.device.type == "meta":
        raise Refused("a sparse, quantised or empty tensor")
    plain = plain.cpu()
    if plain.dtype is torch.bfloat16:
        plain = plain.view(torch.int16)
    yield from arrays.elements(plain.resolve_conj().resolve_neg().numpy())


def generator(value: Value) -> Iterator[Part]:
    """A torch generator: its state."""
    yield (value.get_state(),)


def named(value: Value) -> Iterator[Part]:
    """A data type or device, by its text."""
    yield leaf(str(value))
