from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.environment import UvEnvironments, environment_facts
from lifecycle_core.adapters.environment.cache import Cache

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def environments(tmp_path: Path) -> UvEnvironments:
    return UvEnvironments(cache=Cache(tmp_path / "cache"))


@pytest.fixture
def unreachable(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path_factory.mktemp("wheels")))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))


@pytest.mark.usefixtures("unreachable")
def test_what_was_loaded_is_locked_with_what_it_requires(environments: UvEnvironments) -> None:
    lock = environments.lock(frozenset({"jinja2", "sys", "no_such_module"}))
    lines = lock.text.splitlines()
    assert f"jinja2=={metadata.version('jinja2')}" in lines
    assert f"markupsafe=={metadata.version('markupsafe')}" in lines
    assert lock.packages == 2
    assert not lock.hashed
    assert "package index" in lock.note
    assert environment_facts(lock).lock == lock.digest


@pytest.mark.usefixtures("unreachable")
def test_what_is_installed_from_a_folder_is_named_with_the_digest_of_its_source(
    environments: UvEnvironments,
) -> None:
    lock = environments.lock(frozenset({"lifecycle_core"}))
    first, *others = lock.text.splitlines()
    assert first.startswith("# nbrelease==")
    assert "sha256:" in first
    assert not any(line.startswith("nbrelease==") for line in others)


def test_with_an_index_every_package_has_its_hashes_and_no_address(
    environments: UvEnvironments,
) -> None:
    lock = environments.lock(frozenset({"jinja2"}))
    assert lock.hashed, lock.note
    assert lock.text.count("--hash=sha256:") > 2
    assert "://" not in lock.text


def test_hashes_once_known_need_no_index(
    environments: UvEnvironments, request: pytest.FixtureRequest
) -> None:
    asked = environments.lock(frozenset({"jinja2"}))
    request.getfixturevalue("unreachable")
    assert environments.lock(frozenset({"jinja2"})) == asked


def test_nothing_loaded_is_an_empty_lock(environments: UvEnvironments) -> None:
    lock = environments.lock(frozenset())
    assert lock.packages == 0
    assert lock.hashed
