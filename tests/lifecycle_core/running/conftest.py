"""A project and a store of each test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.store import Store, open_store

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(str(tmp_path / "store"))
