from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from lifecycle_core.adapters.serving.salt import hasher

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_file_system_without_links_keeps_the_first_secret_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Path) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    first, second = hasher(tmp_path / "salt"), hasher(tmp_path / "salt")
    assert first("plan", "basic") == second("plan", "basic")
    assert [path.name for path in tmp_path.iterdir()] == ["salt"]
    assert (tmp_path / "salt").stat().st_mode & 0o777 == 0o600
