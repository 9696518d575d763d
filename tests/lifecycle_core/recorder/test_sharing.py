"""Where the memory of values begins."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

from lifecycle_core.recorder.sharing import aliases, owners

if TYPE_CHECKING:
    import pytest


class Sparse:
    """A tensor as PyTorch's sparse ones: it has no storage, and says so."""

    def untyped_storage(self) -> object:
        raise NotImplementedError("Cannot access storage of SparseTensorImpl")


def test_a_tensor_without_memory_of_its_own_disturbs_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(Tensor=Sparse))
    made = Sparse()
    assert list(owners(made)) == []
    assert aliases({"a": made, "b": made, "c": Sparse()}) == (("a", "b"),)
