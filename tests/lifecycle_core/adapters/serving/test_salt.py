from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.serving.salt import given_hasher, hasher
from lifecycle_core.errors import InvalidCall
from lifecycle_core.settings import hasher_of, load_settings

if TYPE_CHECKING:
    from pathlib import Path


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


@pytest.mark.parametrize("configured", ["salt_file", "NBRELEASE_SALT_FILE"])
def test_replicas_with_homes_of_their_own_hash_alike_by_one_salt(
    tmp_path: Path, configured: str
) -> None:
    salt = tmp_path / "secret" / "salt"
    salt.parent.mkdir()
    salt.write_text("a-secret-that-all-of-the-replicas-have\n")
    salt.chmod(0o440)
    hashes = set()
    for name in ("first", "second"):
        project = tmp_path / name
        project.mkdir()
        environ = {"NBRELEASE_SALT_FILE": str(salt)}
        if configured == "salt_file":
            (project / "nbrelease.toml").write_text('salt_file = "../secret/salt"\n')
            environ = {}
        settings = load_settings(start=project, environ=environ)
        hashes.add(hasher_of(settings)("plan", "basic"))
        assert not settings.home.exists()
    assert len(hashes) == 1
    # Without it, each home has a secret of its own.
    (tmp_path / "third" / ".git").mkdir(parents=True)
    alone = load_settings(start=tmp_path / "third", environ={})
    assert hasher_of(alone)("plan", "basic") not in hashes
    assert (alone.home / "log-salt").is_file()


def test_a_salt_that_was_made_may_be_given_to_others(tmp_path: Path) -> None:
    made = hasher(tmp_path / "log-salt")
    assert given_hasher(tmp_path / "log-salt")("plan", "basic") == made("plan", "basic")


@pytest.mark.parametrize(
    ("content", "mode", "fact"),
    [
        (None, 0o600, "cannot be read: No such file"),
        (b"short", 0o600, "has 5 bytes, want at least 32"),
        (b"a-secret-that-all-of-the-replicas-have", 0o644, "Everybody on this machine can read"),
    ],
)
def test_a_salt_file_that_hides_nothing_is_refused(
    tmp_path: Path, content: bytes | None, mode: int, fact: str
) -> None:
    path = tmp_path / "salt"
    if content is not None:
        path.write_bytes(content)
        path.chmod(mode)
    with pytest.raises(InvalidCall, match=fact) as refused:
        given_hasher(path)
    assert refused.value.hint
    assert path.exists() == (content is not None)
