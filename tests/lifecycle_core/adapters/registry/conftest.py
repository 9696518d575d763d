from __future__ import annotations

import shutil
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.registry import MlflowRegistry
from tests.fakes.promoting import names_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One new registry, made once: MLflow needs seconds for it."""
    folder = tmp_path_factory.mktemp("registry")
    MlflowRegistry(f"sqlite:///{folder / 'registry.db'}", folder / "artifacts").create()
    assert names_in(folder) == ["registry.db"]
    return folder / "registry.db"


@pytest.fixture
def registry(empty_file: Path, tmp_path: Path) -> MlflowRegistry:
    home = tmp_path / "a home, with ü"
    home.mkdir()
    shutil.copy(empty_file, home / "registry.db")
    return MlflowRegistry(f"sqlite:///{home / 'registry.db'}", home / "artifacts")


@pytest.fixture(scope="session")
def processes() -> Iterator[ProcessPoolExecutor]:
    """Four other processes; each needs seconds to load MLflow."""
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        yield pool
