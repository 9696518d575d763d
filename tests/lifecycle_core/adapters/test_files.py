from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.adapters.files import (
    digest_bytes,
    digest_file,
    place_first,
    read_text,
    replacing_folder,
    require_place,
    write_atomically,
    write_new,
)
from lifecycle_core.errors import InvalidCall, TargetUnwritable
from tests.surroundings import heed_permissions, write_at_most

if TYPE_CHECKING:
    from pathlib import Path


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_a_file_is_written_and_replaced(tmp_path: Path) -> None:
    target = tmp_path / "new" / "card.md"
    write_atomically(target, "first")
    write_atomically(target, b"second")
    assert target.read_text() == "second"
    assert target.stat().st_mode & 0o777 == 0o644
    assert names(tmp_path) == ["new", "new/card.md"]


@given(content=st.binary(max_size=200))
def test_the_digest_of_a_file_is_that_of_its_bytes(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("digest") / "file"
    path.write_bytes(content)
    assert digest_file(path) == digest_bytes(content)


def test_what_somebody_wrote_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("mine")
    with pytest.raises(InvalidCall, match=r"c\.yaml exists"):
        write_new(tmp_path / "c.yaml", "theirs")
    assert (tmp_path / "c.yaml").read_text() == "mine"


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"a\xff")
    with pytest.raises(InvalidCall, match="byte 1 is not UTF-8"):
        read_text(tmp_path / "x")
    with pytest.raises(InvalidCall, match="cannot be read: No such file"):
        read_text(tmp_path / "y")


@pytest.mark.parametrize("links", [True, False])
def test_what_is_placed_first_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, links: bool
) -> None:
    if not links:  # as on FAT, and on some file systems of a network
        monkeypatch.setattr(os, "link", refuse_to_link)
    for content in ("one", "two"):
        (tmp_path / content).write_text(content)
        place_first(tmp_path / content, tmp_path / "salt")
    assert (tmp_path / "salt").read_text() == "one"


def refuse_to_link(*_: Path) -> None:
    raise PermissionError(errno.EPERM, "Operation not permitted")


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    with replacing_folder(tmp_path / "bundle") as folder:
        (folder / "a").write_text("1")
        assert not (tmp_path / "bundle").exists()
    assert names(tmp_path) == ["bundle", "bundle/a"]

    def fail() -> None:
        with replacing_folder(tmp_path / "other") as folder:
            (folder / "a").write_text("1")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert names(tmp_path) == ["bundle", "bundle/a"]


def in_child(code: str, folder: Path, *, before: object = None) -> subprocess.CompletedProcess[str]:
    program = (
        "import os, sys\nfrom pathlib import Path\n"
        "from lifecycle_core.adapters.files import *\n"
        "from lifecycle_core.errors import TargetUnwritable\n"
        f"target = Path({str(folder)!r}) / 'target'\n"
        f"try:\n    {code}\nexcept TargetUnwritable as error:\n    print(error)\n"
    )
    assert before is None or callable(before)
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=before,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )


def test_a_full_disk_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("old")
    said = in_child(
        "write_atomically(target, b'x' * 5000)", tmp_path, before=partial(write_at_most, 1000)
    )
    assert "cannot be written: the file-size limit is reached" in said.stdout, said.stderr
    assert (tmp_path / "target").read_text() == "old"
    assert names(tmp_path) == ["target"]


def test_a_folder_that_is_read_only_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    said = in_child("write_atomically(target, 'x')", tmp_path, before=heed_permissions)
    place = in_child("require_place(target)", tmp_path, before=heed_permissions)
    tmp_path.chmod(0o755)
    assert "cannot be written: permission is denied" in said.stdout, said.stderr
    assert "is read-only" in place.stdout, place.stderr
    assert names(tmp_path) == []


def test_a_kill_in_the_middle_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("old")
    code = (
        "with replacing(target) as temporary:\n"
        "        temporary.write_text('half')\n"
        f"        os.kill(os.getpid(), {int(signal.SIGKILL)})"
    )
    assert in_child(code, tmp_path).returncode == -signal.SIGKILL
    assert (tmp_path / "target").read_text() == "old"


def test_a_place_is_looked_at_and_not_made(tmp_path: Path) -> None:
    require_place(tmp_path / "a" / "b")
    (tmp_path / "file").write_text("")
    with pytest.raises(TargetUnwritable, match="is a file, not a folder"):
        require_place(tmp_path / "file" / "b")
    assert names(tmp_path) == ["file"]
    assert os.access(tmp_path, os.W_OK)
