from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.environment.building import build
from lifecycle_core.adapters.files import digest_file
from lifecycle_core.errors import EnvironmentUnavailable
from tests.fakes.locks import lock_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lifecycle_core.adapters.environment.cache import Cache

SIX = "six==1.17.0 \\\n    --hash=sha256:" + 64 * "0" + "\n"
NOWHERE = "http://me:secret@127.0.0.1:9/simple"


def refusal(text: str, cache: Cache) -> EnvironmentUnavailable:
    with pytest.raises(EnvironmentUnavailable) as refused:
        build(lock_of(text), cache=cache)
    assert refused.value.exit_code == 3
    assert refused.value.hint
    assert "secret" not in f"{refused.value} {refused.value.hint}"
    return refused.value


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("UV_DEFAULT_INDEX", NOWHERE)


@pytest.mark.usefixtures("empty_cache")
def test_without_network_and_cache_the_package_is_named(cache: Cache) -> None:
    error = refusal(SIX, cache)
    assert (error.package, error.reason) == ("six==1.17.0", "offline")
    assert "could not be reached" in str(error)


@pytest.mark.usefixtures("empty_cache")
def test_told_to_stay_offline_likewise(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_OFFLINE", "1")
    error = refusal(SIX, cache)
    assert (error.package, error.reason) == ("six==1.17.0", "offline")


def test_a_package_that_the_index_lacks_is_named(cache: Cache, wheel: Callable[..., str]) -> None:
    error = refusal(wheel("alpha") + SIX, cache)
    assert (error.package, error.reason) == ("six==1.17.0", "not_on_index")


@pytest.mark.parametrize("tag", ["cp39-cp39-manylinux_2_17_x86_64", "py3-none-win_amd64"])
def test_a_package_without_a_file_for_this_python_is_named(
    cache: Cache, wheel: Callable[..., str], tag: str
) -> None:
    error = refusal(wheel("alpha", tag=tag), cache)
    assert (error.package, error.reason) == ("alpha==1.0", "no_wheel")


def test_a_failed_build_shows_its_last_lines_without_credentials(
    cache: Cache, wheels: Path
) -> None:
    files = {
        "setup.py": "",
        "PKG-INFO": "Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n",
        "pyproject.toml": (
            '[build-system]\nrequires = []\nbuild-backend = "own"\nbackend-path = ["."]\n'
        ),
        "own.py": "raise RuntimeError('no compiler at https://me:secret@host/x')\n",
    }
    archive = wheels / "broken-1.0.tar.gz"
    with tarfile.open(archive, "w:gz") as packed:
        for name, text in files.items():
            entry = tarfile.TarInfo(f"broken-1.0/{name}")
            entry.size = len(text)
            packed.addfile(entry, io.BytesIO(text.encode()))
    error = refusal(f"broken==1.0 \\\n    --hash={digest_file(archive)}\n", cache)
    assert (error.package, error.reason) == ("broken==1.0", "build_failed")
    assert "no compiler at https://***@host/x" in str(error)


def test_a_lock_without_hashes_names_what_lacks_them(cache: Cache) -> None:
    error = refusal("six==1.17.0\nidna==3.1\n", cache)
    assert (error.package, error.reason) == ("six==1.17.0", "no_hashes")
    assert "six==1.17.0 and 1 others" in str(error)


def test_a_lock_of_another_python_is_refused(cache: Cache) -> None:
    with pytest.raises(EnvironmentUnavailable, match=r"for Python 3\.9\.1, and nbrelease runs in"):
        build(lock_of("", python="3.9.1"), cache=cache)


def test_what_was_installed_from_a_folder_must_be_here(cache: Cache) -> None:
    text = "# elsewhere==1.0  installed from a folder  sha256:" + 64 * "0" + "\n"
    error = refusal(text, cache)
    assert (error.package, error.reason) == ("elsewhere==1.0", "not_here")
