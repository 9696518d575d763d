from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from lifecycle_core.adapters.stepping.loaded import Loaded

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


class Pretender:
    """What cffi puts among the modules: it says that it is one, and is none."""

    @property  # type: ignore[misc] # that is what it does
    def __class__(self) -> Any:  # noqa: ANN401 - as isinstance asks for it
        return ModuleType


def test_an_object_that_says_that_it_is_a_module_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = ModuleType("own_module")
    own.__file__ = str(tmp_path / "own_module.py")
    (tmp_path / "own_module.py").write_text("here = 1\n")
    pretender: Any = Pretender()
    assert isinstance(pretender, ModuleType)
    monkeypatch.setitem(sys.modules, "pretender", pretender)
    monkeypatch.setitem(sys.modules, "own_module", own)
    watcher = SimpleNamespace(
        loading=[], read={}, home=tmp_path, root=tmp_path,
        concerns=lambda path: path.startswith(str(tmp_path)),
    )  # fmt: skip
    place = SimpleNamespace(home=tmp_path)
    found = Loaded().after(cast("Any", watcher), cast("Any", place), modules=())
    assert [path.rsplit("/", 1)[-1] for path in found] == ["own_module.py"]
