"""A package index of our own: a folder of wheels made here, and a uv that sees nothing else."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.environment.cache import Cache
from lifecycle_core.adapters.files import digest_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def recorded(text: str) -> str:
    """Return a digest as a wheel's record states it."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
    return f"sha256={digest.decode().rstrip('=')}"


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    monkeypatch.setenv("UV_DEFAULT_INDEX", (tmp_path / "no index").as_uri())
    monkeypatch.setenv("UV_FIND_LINKS", str(folder))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    return folder


@pytest.fixture
def wheel(wheels: Path) -> Callable[..., str]:
    """Make a wheel of one module whose `VALUE` is given; return its line in a lock."""

    def make(name: str, version: str = "1.0", value: int = 1, tag: str = "py3-none-any") -> str:
        path = wheels / f"{name}-{version}-{tag}.whl"
        about = f"{name}-{version}.dist-info"
        files = {
            f"{name}.py": f"VALUE = {value}\n",
            f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
            f"{about}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n",
        }
        record = "".join(f"{file},{recorded(text)},{len(text)}\n" for file, text in files.items())
        record += f"{about}/RECORD,,\n"
        with zipfile.ZipFile(path, "w") as archive:
            for file, text in {**files, f"{about}/RECORD": record}.items():
                archive.writestr(zipfile.ZipInfo(file, (2020, 1, 1, 0, 0, 0)), text)
        return f"{name}=={version} \\\n    --hash={digest_file(path)}\n"

    return make
